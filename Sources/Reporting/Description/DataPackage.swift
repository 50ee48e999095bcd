import Foundation

/// `datapackage.json`: describes the CSV files of a results folder, column by column, as a Tabular
/// Data Package (specs.frictionlessdata.io).
///
/// It is made from the headers of the files in the folder, which may be of another version or have
/// columns of a sweep.
public enum DataPackage {
    public static let fileName = "datapackage.json"

    /// Writes the description of a folder, in place of the one before.
    /// - Parameter name: of the results, `<profile>/<UTC time>`; nil takes it from the path.
    public static func write(
        in folder: String, name: String? = nil
    ) throws(ReportingError) {
        var resources: [String] = []
        for table in TableDescription.all {
            let path = folder + "/" + table.fileName
            guard FileManager.default.fileExists(atPath: path) else { continue }
            var reader = try CSVRowReader(path: path)
            let columns = try reader.header().map(table.column)
            // A run that was killed at its start may leave a file without a header.
            if !columns.isEmpty { resources.append(resource(table, columns)) }
        }
        guard !resources.isEmpty else { return }
        let text = package(name: name ?? SavedResults.name(of: folder), resources)
        try AtomicFile.replace(folder + "/" + fileName, with: text)
    }

    // MARK: JSON

    private static func package(name: String, _ resources: [String]) -> String {
        """
        {
          "profile": "tabular-data-package",
          "name": \(JSON.string(identifier(name))),
          "title": \(JSON.string("Results of \(name)")),
          "resources": [
        \(resources.joined(separator: ",\n"))
          ]
        }

        """
    }

    private static func resource(
        _ table: TableDescription, _ columns: [ColumnDescription]
    ) -> String {
        let stem = table.fileName.split(separator: ".").first.map(String.init) ?? table.fileName
        return """
                {
                  "profile": "tabular-data-resource",
                  "name": \(JSON.string(identifier(stem))),
                  "path": \(JSON.string(table.fileName)),
                  "description": \(JSON.string(sentence(table.holds))),
                  "format": "csv",
                  "mediatype": "text/csv",
                  "encoding": "utf-8",
                  "schema": {
                    "fields": [
            \(columns.map(field).joined(separator: ",\n"))
                    ]
                  }
                }
            """
    }

    private static func field(_ column: ColumnDescription) -> String {
        var members = [
            ("name", column.name), ("type", type(of: column.kind)), ("title", column.title),
            ("description", column.meaning),
        ]
        if !column.unit.isEmpty { members.append(("unit", column.unit)) }
        let json = members.map { "\"\($0)\": \(JSON.string($1))" }.joined(separator: ", ")
        return "          {\(json)}"
    }

    /// The type's name in Table Schema. Empty fields are missing values by its default.
    private static func type(of kind: FieldKind?) -> String {
        switch kind {
        case .text?: "string"
        case .truth?: "boolean"
        case .integer?: "integer"
        case .number?: "number"
        case .time?: "datetime"
        case .numberOrWord?, nil: "any"
        }
    }

    /// Characters that the format allows in a name: lower case, digits and `._-/`.
    private static func identifier(_ name: String) -> String {
        let safe = name.lowercased().map { character in
            character.isASCII && (character.isLetter || character.isNumber)
                || "._-/".contains(character) ? character : "-"
        }
        return String(safe)
    }

    private static func sentence(_ words: String) -> String {
        words.prefix(1).uppercased() + words.dropFirst() + "."
    }
}
