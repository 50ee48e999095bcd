extension RequestDispatch.Routes {
    mutating func addShareGroups(_ broker: Broker) {
        add { ShareGroupHeartbeatHandler(groups: broker.groups) }
        add { ShareGroupDescribeHandler(groups: broker.groups) }
        add { DescribeShareGroupOffsetsHandler(groups: broker.groups) }
        add { AlterShareGroupOffsetsHandler(groups: broker.groups, log: broker.log) }
        add { DeleteShareGroupOffsetsHandler(groups: broker.groups, log: broker.log) }
    }
}
