package streampublisher.leases;

import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leases.ShardInfo;
import software.amazon.kinesis.lifecycle.ShardConsumer;
import software.amazon.kinesis.lifecycle.ShutdownReason;

/**
 * Leases that this worker renews although it reads their shards no more.
 *
 * <p>At a handover KCL ends the reading of a shard and then gives its lease to the next worker. If DynamoDB
 * does not answer that call, KCL 3.1.3 goes on renewing the lease, and nobody reads the shard. Such a lease
 * is given up if two looks find it.
 */
public final class UnreadLeases {

    private static final Logger LOG = LoggerFactory.getLogger(UnreadLeases.class);
    private static final long LOOK_SECONDS = 10;

    private final HeldLeases leases;
    private final Supplier<Set<ShardInfo>> ended;
    private Set<ShardInfo> before = Set.of();

    /** @param ended returns the shards whose reading has ended here, but not with the shard */
    UnreadLeases(HeldLeases leases, Supplier<Set<ShardInfo>> ended) {
        this.leases = leases;
        this.ended = ended;
    }

    /**
     * Gives up such leases from now on, until the timer is shut down.
     *
     * @param end begins to end the worker for the given reason, and returns
     */
    public static void watch(
            ScheduledExecutorService timer, HeldLeases leases, Scheduler scheduler, Consumer<String> end) {
        var unread = new UnreadLeases(leases, () -> ended(scheduler));
        timer.scheduleWithFixedDelay(
                new RepeatedLook(unread::look, end), LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private static Set<ShardInfo> ended(Scheduler scheduler) {
        return scheduler.shardInfoShardConsumerMap().entrySet().stream()
                .filter(reading -> hasEndedEarly(reading.getValue()))
                .map(reading -> reading.getKey())
                .collect(Collectors.toSet());
    }

    private static boolean hasEndedEarly(ShardConsumer consumer) {
        return consumer.isShutdown() && consumer.shutdownReason() != ShutdownReason.SHARD_END;
    }

    void look() {
        var unread = ended.get().stream().filter(leases::holds).collect(Collectors.toSet());
        unread.stream().filter(before::contains).forEach(this::giveUp);
        before = unread;
    }

    private void giveUp(ShardInfo shard) {
        LOG.warn("{} is not read here any more; its lease is given up", shard.shardId());
        leases.giveUp(ShardInfo.getLeaseKey(shard));
    }
}
