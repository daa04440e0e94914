package streampublisher.reading;

import java.util.regex.Pattern;
import software.amazon.awssdk.regions.Region;
import streampublisher.settings.ConfigurationException;

/**
 * The ARN of a DynamoDB stream, in the form of the service and in the form of the adapter.
 *
 * <p>The adapter refuses a region that its SDK does not know: one that AWS opened later, and those of
 * emulators, such as {@code ddblocal} of DynamoDB Local. It sees another region in the place of such a one.
 *
 * @param service the ARN that the service knows
 * @param region the region of the calls
 */
public record StreamArn(String service, Region region) {

    private static final String LOCAL_REGION = "ddblocal";
    private static final Pattern FORM =
            Pattern.compile("arn:[^:]+:dynamodb:([^:]+)(:\\d{12}:table/([^/]+)/stream/.+)");

    /** Shown to the adapter in the place of a region that the SDK does not know. */
    private static final Region KNOWN = Region.US_EAST_1;

    /**
     * Reads an ARN.
     *
     * @param arn the ARN that the service knows
     * @param fallback the region to use if the ARN is one of DynamoDB Local
     * @throws ConfigurationException when it is not the ARN of a DynamoDB stream
     */
    public static StreamArn parse(String arn, Region fallback) {
        var match = FORM.matcher(arn == null ? "" : arn);
        if (!match.matches()) {
            throw new ConfigurationException("streamName = '" + arn
                    + "' is not the ARN of a DynamoDB stream"
                    + " (arn:aws:dynamodb:REGION:ACCOUNT:table/TABLE/stream/LABEL)");
        }
        var named = match.group(1);
        return new StreamArn(arn, named.equals(LOCAL_REGION) ? fallback : Region.of(named));
    }

    /** Returns the table's name, or an empty one if this is not the ARN of a DynamoDB stream. */
    public static String table(String arn) {
        var match = FORM.matcher(arn == null ? "" : arn);
        return match.matches() ? match.group(3) : "";
    }

    /** Whether the adapter sees another ARN than the service. */
    boolean isTranslated() {
        return !service.equals(adapter());
    }

    /** The ARN that the adapter accepts. */
    String adapter() {
        var seen = Region.regions().contains(region) ? region : KNOWN;
        // The adapter makes the ARN again from its parts, with the partition of the region.
        var partition = seen.metadata().partition().id();
        return FORM.matcher(service).replaceFirst("arn:" + partition + ":dynamodb:" + seen.id() + "$2");
    }

    /** Turns the adapter's form into the service's. Leaves any other ARN as it is. */
    String toService(String used) {
        return used != null && used.equals(adapter()) ? service : used;
    }
}
