package streampublisher.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.services.dynamodbv2.streamsadapter.util.KinesisMapperUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.regions.Region;
import streampublisher.settings.ConfigurationException;

/** The two forms of a stream's ARN. */
class StreamArnTest {

    private static final Region FALLBACK = Region.EU_CENTRAL_1;
    private static final String REST = ":123456789012:table/orders/stream/2024-01-31T12:30:00.123";
    private static final String LOCAL = "arn:aws:dynamodb:ddblocal" + REST;
    private static final String LOCAL_FOR_ADAPTER = "arn:aws:dynamodb:eu-central-1" + REST;

    @Test
    void anArnNamesItsTable() {
        assertEquals("orders", StreamArn.table(LOCAL));
        assertEquals("", StreamArn.table("arn:aws:sns:eu-west-1:123456789012:changes"));
        assertEquals("", StreamArn.table(null));
    }

    @ParameterizedTest
    @CsvSource({
        "arn:aws:dynamodb:us-east-1, us-east-1",
        "arn:aws-cn:dynamodb:cn-north-1, cn-north-1",
        "arn:aws-us-gov:dynamodb:us-gov-west-1, us-gov-west-1",
        "arn:aws-iso:dynamodb:us-iso-east-1, us-iso-east-1",
        "arn:aws-iso-b:dynamodb:us-isob-east-1, us-isob-east-1",
        "arn:aws-eusc:dynamodb:eusc-de-east-1, eusc-de-east-1",
    })
    void anArnOfAwsStaysAsItIsAndNamesTheRegion(String start, String region) {
        var stream = StreamArn.parse(start + REST, FALLBACK);

        assertEquals(Region.of(region), stream.region());
        assertEquals(start + REST, stream.service());
        assertEquals(start + REST, stream.adapter());
        assertEquals(start + REST, stream.toService(stream.adapter()));
        assertFalse(stream.isTranslated());
    }

    @ParameterizedTest
    @CsvSource({
        "arn:aws:dynamodb:eu-north-9, eu-north-9",
        "arn:aws-eusc:dynamodb:eusc-fr-west-9, eusc-fr-west-9",
        "arn:aws:dynamodb:dynoxide, dynoxide",
    })
    void aRegionThatTheSdkDoesNotKnowIsReadAndNotShownToTheAdapter(String start, String region) {
        var stream = StreamArn.parse(start + REST, FALLBACK);

        assertEquals(Region.of(region), stream.region());
        assertEquals("arn:aws:dynamodb:us-east-1" + REST, stream.adapter());
        assertEquals(start + REST, stream.toService(stream.adapter()));
        assertTrue(stream.isTranslated());
    }

    /** The adapter keeps the parts of an ARN, and makes it again from them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:dynamodb:us-east-1",
                "arn:aws:dynamodb:eu-north-9",
                "arn:aws:dynamodb:ddblocal",
                "arn:aws-cn:dynamodb:cn-north-1",
                "arn:aws-us-gov:dynamodb:us-gov-west-1",
                "arn:aws-iso:dynamodb:us-iso-east-1",
                "arn:aws-eusc:dynamodb:eusc-de-east-1",
                "arn:aws-eusc:dynamodb:eusc-fr-west-9",
            })
    void theAdapterMakesAnArnThatIsTurnedBack(String start) {
        var stream = StreamArn.parse(start + REST, FALLBACK);

        var name = KinesisMapperUtil.createKinesisStreamIdentifierFromDynamoDBStreamsArn(stream.adapter(), false);
        var used = KinesisMapperUtil.createDynamoDBStreamsArnFromKinesisStreamName(name);

        assertEquals(start + REST, stream.toService(used));
    }

    @Test
    void anEmulatorsArnGetsTheFallbackRegionForTheAdapter() {
        var stream = StreamArn.parse(LOCAL, FALLBACK);

        assertEquals(FALLBACK, stream.region());
        assertEquals(LOCAL, stream.service());
        assertEquals(LOCAL_FOR_ADAPTER, stream.adapter());
        assertTrue(stream.isTranslated());
    }

    @Test
    void theAdaptersArnIsTurnedBackIntoTheEmulators() {
        assertEquals(LOCAL, StreamArn.parse(LOCAL, FALLBACK).toService(LOCAL_FOR_ADAPTER));
    }

    @Test
    void otherArnsAreNotTurnedBack() {
        var stream = StreamArn.parse(LOCAL, FALLBACK);
        var other = LOCAL_FOR_ADAPTER.replace("orders", "invoices");

        assertEquals(other, stream.toService(other));
        assertEquals(LOCAL, stream.toService(LOCAL));
        assertNull(stream.toService(null));
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "orders",
                "arn:aws:kinesis:eu-central-1:123456789012:stream/orders",
                "arn:aws:dynamodb:eu-central-1:123456789012:table/orders",
                "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/",
                "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/index/by-day",
                "arn:aws:dynamodb:eu-central-1:1234:table/orders/stream/2024-01-31T12:30:00.123",
                " arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2024-01-31T12:30:00.123",
            })
    void whatIsNoArnOfAStreamIsRefusedWithItsKeyAndItself(String arn) {
        var error = assertThrows(ConfigurationException.class, () -> StreamArn.parse(arn, FALLBACK));

        assertTrue(error.getMessage().startsWith("streamName = '" + arn + "'"), error.getMessage());
    }
}
