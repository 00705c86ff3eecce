"""
The only door to Kafka: aiokafka is imported here and nowhere else. What aiokafka 0.14 leaves to its user is done here:

- `getmany` hands out records before a task is ready: a task seeks, and only then polls its own partition;
- a rebalance callback's exception is swallowed: callbacks here only hand the news on;
- `stop()` and sends can hang with the broker down: whatever waits is bounded, here or by its caller;
- a producer that was fenced is finished: it is thrown away with its task;
- a sender that fails cancels whoever waits for it: a cancellation that nobody asked for is a failure that will pass.

    connection    what all clients share            membership    a place in the group, and the live input
    reader        one partition without a group     writer        one task's transactions
    access        what people write and read        admin         topics and lag
    stretches     parts of topics, from to          claim         a transactional id that is no task's
    group_view    where a group is, again and again
"""
