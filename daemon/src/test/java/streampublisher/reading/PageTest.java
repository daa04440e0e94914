package streampublisher.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.Identity;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.StreamRecord;

/** What a record processor gets of a read. */
class PageTest {

    private static final Identity TTL = Identity.builder()
            .type("Service")
            .principalId("dynamodb.amazonaws.com")
            .build();

    @Test
    void aDeleteByTtlSaysWhoMadeIt() throws IOException {
        var read = read(removal().userIdentity(TTL).build());

        assertEquals(
                Map.of("principalId", "dynamodb.amazonaws.com", "type", "Service"),
                new ObjectMapper().convertValue(read.get("userIdentity"), Map.class));
    }

    @Test
    void everythingElseStaysAsTheAdapterWritesIt() throws IOException {
        var with = read(removal().userIdentity(TTL).build());
        var without = read(removal().build());

        assertEquals("{\"B\":\"AP8=\"}", with.at("/dynamodb/OldImage/userIdentity").toString());
        for (var name : List.of("eventID", "eventName", "awsRegion", "dynamodb")) {
            assertEquals(without.get(name), with.get(name));
        }
    }

    @Test
    void aChangeOfNobodyInParticularHasNoIdentity() throws IOException {
        assertTrue(read(removal().build()).path("userIdentity").isEmpty());
        assertFalse(read(removal().build()).path("dynamodb").isEmpty());
    }

    private static Record.Builder removal() {
        return Record.builder()
                .eventID("1")
                .eventName("REMOVE")
                .awsRegion("eu-west-1")
                .dynamodb(StreamRecord.builder()
                        .sequenceNumber("7")
                        .approximateCreationDateTime(Instant.ofEpochSecond(1_700_000_000))
                        .keys(Map.of("id", AttributeValue.fromS("ação")))
                        .oldImage(Map.of(
                                "id", AttributeValue.fromS("ação"),
                                "userIdentity",
                                AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0, (byte) 255}))))
                        .build());
    }

    private static JsonNode read(Record record) throws IOException {
        var page = new Page(GetRecordsResponse.builder().records(record).build());
        return new ObjectMapper().readTree(page.records().get(0).data().array());
    }
}
