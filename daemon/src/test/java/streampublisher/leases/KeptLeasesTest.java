package streampublisher.leases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.leases.exceptions.DependencyException;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;
import streampublisher.testing.LoggedEvents;

/** No lease is deleted before its shard is read to the end. */
class KeptLeasesTest {

    private final List<String> deleted = new ArrayList<>();
    private final LeaseRefresher leases = new KeptLeases(Fakes.of(LeaseRefresher.class, this::refresh)).refresher();
    private LoggedEvents logged;

    @BeforeEach
    void listen() {
        logged = new LoggedEvents();
    }

    @AfterEach
    void stopListening() {
        logged.close();
    }

    @Test
    void aFinishedLeaseIsDeleted() throws Exception {
        leases.deleteLease(lease("shardId-1", ExtendedSequenceNumber.SHARD_END));

        assertEquals(List.of("shardId-1"), deleted);
        assertEquals(List.of(), logged.names());
    }

    @Test
    void anUnfinishedLeaseStaysAndIsLoggedOnce() throws Exception {
        leases.deleteLease(lease("shardId-2", new ExtendedSequenceNumber("17")));
        leases.deleteLease(lease("shardId-2", ExtendedSequenceNumber.TRIM_HORIZON));

        assertEquals(List.of(), deleted);
        assertEquals(List.of("lease_kept"), logged.names());
        assertEquals(List.of("shardId-2"), logged.shards());
    }

    @Test
    void everythingElseIsPassedOn() throws Exception {
        assertEquals(List.of(), leases.listLeases());
    }

    @Test
    void failuresArePassedOnAsTheyAre() {
        assertThrows(DependencyException.class, leases::isLeaseTableEmpty);
    }

    private Object refresh(Object self, Method method, Object[] arguments) throws Exception {
        return switch (method.getName()) {
            case "deleteLease" -> deleted.add(((Lease) arguments[0]).leaseKey()) ? null : null;
            case "listLeases" -> List.of();
            case "isLeaseTableEmpty" -> throw new DependencyException(new IllegalStateException("no"));
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }

    private static Lease lease(String shardId, ExtendedSequenceNumber checkpoint) {
        var lease = new Lease();
        lease.leaseKey(shardId);
        lease.checkpoint(checkpoint);
        return lease;
    }
}
