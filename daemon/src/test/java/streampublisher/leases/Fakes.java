package streampublisher.leases;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/** Stand-ins for KCL's interfaces, which have more methods than a test needs. */
final class Fakes {

    private Fakes() {}

    /** An object whose every method is the handler's. */
    static <T> T of(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
