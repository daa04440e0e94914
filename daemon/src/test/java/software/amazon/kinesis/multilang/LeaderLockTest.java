package software.amazon.kinesis.multilang;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import software.amazon.kinesis.coordinator.CoordinatorStateDAO;
import software.amazon.kinesis.coordinator.Scheduler;

/** What is reached into in KCL to let the lock last for less; what comes of it is tested with a fleet. */
class LeaderLockTest {

    @Test
    void kclStillHasTheFieldsThatAreReachedInto() throws Exception {
        var initializer = Scheduler.class.getDeclaredField(LeaderLock.INITIALIZER).getType();

        assertEquals(Supplier.class, initializer.getDeclaredField(LeaderLock.CREATOR).getType());
        assertEquals(CoordinatorStateDAO.class, initializer.getDeclaredField(LeaderLock.STATES).getType());
    }
}
