using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Kendt.Collect;

/// <summary>The formats of JSON Schema that are checked.</summary>
internal static partial class SchemaFormats
{
    public static IReadOnlyList<string> Known { get; } = ["date", "date-time", "time", "email", "uri", "uuid", "ipv4", "ipv6", "hostname"];

    public static bool Holds(string format, string text) => format switch
    {
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date-time" => Moment().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "time" => Clock().IsMatch(text),
        "email" => Email().IsMatch(text),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme.Length > 0,
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "ipv4" => IPAddress.TryParse(text, out var four) && four.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && text.Count(c => c == '.') == 3,
        "ipv6" => IPAddress.TryParse(text, out var six) && six.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6,
        _ => Uri.CheckHostName(text) == UriHostNameType.Dns,
    };

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Moment();

    [GeneratedRegex(@"^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]\d\d:\d\d)?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Clock();

    [GeneratedRegex(@"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Email();
}
