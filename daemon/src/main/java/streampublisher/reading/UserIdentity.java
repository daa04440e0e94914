package streampublisher.reading;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import software.amazon.awssdk.services.dynamodb.model.Identity;

/**
 * Puts into a record's JSON who made the change. DynamoDB says so for deletes by time to live (TTL).
 *
 * <p>The adapter writes an empty object there. The names are those of a Lambda event.
 */
final class UserIdentity {

    private static final ObjectMapper JSON = new ObjectMapper();

    private UserIdentity() {}

    /**
     * Returns a record's JSON with the identity in it.
     *
     * @param data the record as the adapter writes it
     * @param identity who made the change, or null
     */
    static ByteBuffer put(ByteBuffer data, Identity identity) {
        if (identity == null) {
            return data;
        }
        try {
            var record = (ObjectNode) JSON.readTree(data.array());
            record.putObject("userIdentity")
                    .put("principalId", identity.principalId())
                    .put("type", identity.type());
            return ByteBuffer.wrap(JSON.writeValueAsBytes(record));
        } catch (IOException error) {
            throw new UncheckedIOException("The adapter's record is not JSON", error);
        }
    }
}
