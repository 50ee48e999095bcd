extension TimePicture.Panel {
    /// The points of the measured part, if there is one; else all.
    func measured(_ line: TimeQuantity.Line) -> [Chart.Point] {
        let bands = runs.flatMap(\.bands)
        let measured = line.points.filter { point in
            // The sample at the end of the warm-up is the first of the measured part, and that at the
            // beginning of the drain its last.
            !bands.contains { band in
                let range = band.range
                return switch band.kind {
                case .warmup: range.contains(point.x) && point.x < range.upperBound
                case .drain: range.contains(point.x) && point.x > range.lowerBound
                case .hiccup, .pause, .answer: false
                }
            }
        }
        return measured.isEmpty ? line.points : measured
    }

    /// - Parameter scale: the lines that the y axis has to hold.
    func axes(
        time: ClosedRange<Double>, in clock: Measure.Unit, scale: [TimeQuantity.Line]
    ) -> Chart.Panel {
        let values = scale.flatMap { line in
            line.points.flatMap { [$0.y, $0.yInterval?.upperBound].compactMap(\.self) }
        }
        let x = Chart.Axis(
            label: clock.label("elapsed"),
            range: (time.lowerBound / clock.size)...(time.upperBound / clock.size))
        if quantity.isLogarithmic {
            return Chart.Panel(
                title: title, x: x, y: .logarithmicTime("", micros: values),
                series: series(timeUnit: clock.size, unit: 1))
        }
        let maximum = values.max() ?? 0
        if let word = quantity.whenZero, maximum == 0, values.allSatisfy({ $0 == 0 }) {
            return withoutAxis(word, x: x, timeUnit: clock.size)
        }
        let end = end(values)
        let unit = quantity.measure.unit(forMaximum: end)
        var panel = Chart.Panel(
            title: title, x: x, y: .fromZero(unit.name, maximum: end / unit.size),
            series: series(timeUnit: clock.size, unit: unit.size))
        panel.y.isWhole = quantity.measure.isCount && unit.size == 1
        if end < maximum { tellPeak(in: &panel, timeUnit: clock.size, unit: unit.size) }
        return panel
    }

    /// Where the axis ends: at the largest value, unless a few peaks would flatten all the others.
    private func end(_ values: [Double]) -> Double {
        let sorted = values.filter(\.isFinite).sorted()
        guard sorted.count >= 10, let maximum = sorted.last else { return values.max() ?? 0 }
        let usual = sorted[sorted.count * 9 / 10]
        // A few records are no peak that would flatten anything.
        if quantity.measure.isCount, usual < 10 { return maximum }
        return usual > 0 && maximum > 5 * usual ? 1.5 * usual : maximum
    }

    /// Says how high a peak is that the axis cuts off.
    private func tellPeak(in panel: inout Chart.Panel, timeUnit: Double, unit: Double) {
        let points = lines.flatMap(\.points)
        guard let peak = points.max(by: { $0.y ?? 0 < $1.y ?? 0 }), let value = peak.y,
            value / unit > panel.y.range.upperBound
        else { return }
        let x = peak.x / timeUnit
        let isRight = x > (panel.x.range.lowerBound + panel.x.range.upperBound) / 2
        panel.notes.append(
            Chart.Note(
                text: "↑ " + quantity.measure.text(value), x: x,
                y: panel.y.range.upperBound * 0.93, side: isRight ? .left : .right))
    }

    /// The words in place of lines that all lie on zero.
    private func withoutAxis(_ word: String, x: Chart.Axis, timeUnit: Double) -> Chart.Panel {
        var panel = Chart.Panel(
            title: title, x: x,
            y: Chart.Axis(label: "", range: 0...1, ticks: [.init(place: 0, label: "0")]),
            series: series(timeUnit: timeUnit, unit: 1))
        panel.notes = [
            Chart.Note(
                text: word, x: (x.range.lowerBound + x.range.upperBound) / 2, y: 0.5, side: .middle)
        ]
        panel.plotHeight = 44
        return panel
    }

    private func series(timeUnit: Double, unit: Double) -> [Chart.Series] {
        // A logarithmic axis has no place for values that are not positive.
        func shown(_ value: Double) -> Double? {
            !quantity.isLogarithmic || value > 0 ? value / unit : nil
        }
        var isAreaNamed = false
        let areas = lines.compactMap { line -> Chart.Series? in
            let points = line.points.compactMap { point -> Chart.Point? in
                guard let interval = point.yInterval, let low = shown(interval.lowerBound),
                    let high = shown(interval.upperBound)
                else { return nil }
                return Chart.Point(point.x / timeUnit, low, yInterval: low...high)
            }
            guard points.count > 1 else { return nil }
            defer { isAreaNamed = true }
            return Chart.Series(
                name: isAreaNamed ? "" : "range of the repetitions", mark: .area, ink: line.ink,
                points: points)
        }
        let drawn = lines.map { line in
            Chart.Series(
                name: line.name, mark: .line(width: line.width), ink: line.ink,
                points: line.points.map { Chart.Point($0.x / timeUnit, $0.y.flatMap(shown)) })
        }
        return areas + drawn
    }
}
