package streampublisher.leases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The fields that are reflected on exist. The chain tests show that they still have their effect. */
class KclInternalsTest {

    @ParameterizedTest
    @FieldSource("streampublisher.leases.KclInternals#ALL")
    void kclHasTheField(KclInternals.Internal internal) throws Exception {
        assertTrue(internal.type().isAssignableFrom(internal.field().getType()), internal::toString);
    }

    @Test
    void noFieldIsMissingInTheList() {
        var declared = Arrays.stream(KclInternals.class.getDeclaredFields())
                .filter(field -> field.getType() == KclInternals.Internal.class)
                .filter(field -> Modifier.isStatic(field.getModifiers()))
                .count();

        assertEquals(declared, KclInternals.ALL.size());
    }
}
