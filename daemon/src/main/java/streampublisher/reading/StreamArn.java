package streampublisher.reading;

import java.util.regex.Pattern;
import software.amazon.awssdk.regions.Region;
import streampublisher.settings.ConfigurationException;

/**
 * The ARN of a DynamoDB stream, in the form of the service and in the form of the adapter.
 *
 * <p>The forms differ only for DynamoDB Local. Its ARNs have the region {@code ddblocal}, and the adapter
 * refuses regions that AWS does not have.
 *
 * @param service the ARN that the service knows
 * @param region a region that AWS has
 */
public record StreamArn(String service, Region region) {

    private static final String LOCAL_REGION = "ddblocal";
    private static final Pattern FORM =
            Pattern.compile("(arn:[^:]+:dynamodb:)([^:]+)(:\\d{12}:table/([^/]+)/stream/.+)");

    /**
     * Reads an ARN.
     *
     * @param arn the ARN that the service knows
     * @param fallback the region to use if the ARN's own is not AWS's
     * @throws ConfigurationException when it is not the ARN of a DynamoDB stream
     */
    public static StreamArn parse(String arn, Region fallback) {
        var match = FORM.matcher(arn == null ? "" : arn);
        if (!match.matches()) {
            throw new ConfigurationException("streamName = '" + arn
                    + "' is not the ARN of a DynamoDB stream"
                    + " (arn:aws:dynamodb:REGION:ACCOUNT:table/TABLE/stream/LABEL)");
        }
        var named = match.group(2);
        return new StreamArn(arn, named.equals(LOCAL_REGION) ? fallback : Region.of(named));
    }

    /** Returns the table's name, or an empty one if this is not the ARN of a DynamoDB stream. */
    public static String table(String arn) {
        var match = FORM.matcher(arn == null ? "" : arn);
        return match.matches() ? match.group(4) : "";
    }

    /** Whether the stream is one of DynamoDB Local. */
    boolean isLocal() {
        return !service.equals(adapter());
    }

    /** The ARN that the adapter accepts. */
    String adapter() {
        return FORM.matcher(service).replaceFirst("$1" + region.id() + "$3");
    }

    /** Turns the adapter's form into the service's. Leaves any other ARN as it is. */
    String toService(String used) {
        return used != null && used.equals(adapter()) ? service : used;
    }
}
