package streampublisher.leases;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import software.amazon.kinesis.leases.LeaseRefresher;

/** KCL's access to the lease table, of which a subclass changes a few methods by their names. */
abstract class LeaseRefresherProxy implements InvocationHandler {

    /** The lease table as it is. */
    protected final LeaseRefresher leases;

    LeaseRefresherProxy(LeaseRefresher leases) {
        this.leases = leases;
    }

    /** The lease table as KCL is to see it. */
    final LeaseRefresher refresher() {
        return (LeaseRefresher) Proxy.newProxyInstance(
                LeaseRefresher.class.getClassLoader(), new Class<?>[] {LeaseRefresher.class}, this);
    }

    /** Passes a call on. KCL gets failures as the lease table threw them. */
    protected final Object pass(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(leases, arguments);
        } catch (InvocationTargetException error) {
            throw error.getCause();
        }
    }
}
