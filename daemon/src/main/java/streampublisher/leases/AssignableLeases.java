package streampublisher.leases;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.LeaseRefresher;

/**
 * The leases that the leader assigns to workers.
 *
 * <p>A finished lease is none of them. KCL counts it against {@code maxLeasesForWorker} for hours, until
 * its child shards are finished too. With every place taken by a finished lease, the child shards are
 * never read.
 *
 * <p>A lease may be half handed over: it names both the worker that has it and the next one. If both are
 * gone, KCL may wait for the first one for ever. Here it becomes the next one's.
 */
final class AssignableLeases extends LeaseRefresherProxy {

    private static final Logger LOG = LoggerFactory.getLogger(AssignableLeases.class);

    private final long failoverNanos;
    private final LongSupplier nanos;
    private final Map<String, Renewal> handedOver = new HashMap<>();
    private volatile int listings;
    private volatile boolean stopped;

    /** A lease's counter, and when it was first seen. */
    private record Renewal(Long counter, long since) {}

    /**
     * @param failoverMillis how long a lease lasts that nobody renews
     * @param nanos nanoseconds of a clock that never goes back
     */
    AssignableLeases(LeaseRefresher leases, long failoverMillis, LongSupplier nanos) {
        super(leases);
        this.failoverNanos = TimeUnit.MILLISECONDS.toNanos(failoverMillis);
        this.nanos = nanos;
    }

    /** Assigns nothing any more. An assignment may be under way on another thread. */
    void stop() {
        stopped = true;
    }

    /** How often the leases were listed, as they are at the beginning of each assignment. */
    int listings() {
        return listings;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "listLeasesParallely" -> {
                listings++;
                var asked = nanos.getAsLong();
                yield assignable((Map.Entry<List<Lease>, List<String>>) pass(method, arguments), asked);
            }
            case "assignLease", "initiateGracefulLeaseHandoff" -> !stopped && (boolean) pass(method, arguments);
            default -> pass(method, arguments);
        };
    }

    private Map.Entry<List<Lease>, List<String>> assignable(Map.Entry<List<Lease>, List<String>> listed, long asked)
            throws Exception {
        var open = new ArrayList<>(listed.getKey());
        open.removeIf(KeptLeases::isFinished);
        handedOver.keySet().retainAll(open.stream().filter(Lease::shutdownRequested).map(Lease::leaseKey).toList());
        for (var lease : open) {
            completeHandover(lease, asked);
        }
        return Map.entry(open, listed.getValue());
    }

    /**
     * A worker may renew its lease after it was listed. A pause in this process since then must not count.
     *
     * @param asked when the list was asked for
     */
    private void completeHandover(Lease lease, long asked) throws Exception {
        if (!lease.shutdownRequested()) {
            return;
        }
        var before = handedOver.get(lease.leaseKey());
        if (before == null || !before.counter().equals(lease.leaseCounter())) {
            handedOver.put(lease.leaseKey(), new Renewal(lease.leaseCounter(), nanos.getAsLong()));
        } else if (asked - before.since() > failoverNanos && leases.evictLease(lease)) {
            LOG.warn("{} was handed over to {} by a worker that is gone", lease.leaseKey(), lease.leaseOwner());
        }
    }
}
