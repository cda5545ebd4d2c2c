namespace Kendt.Studio;

/// <summary>How Studio shows things in this installation.</summary>
public sealed record StudioOptions
{
    /// <summary>IANA name of the time zone in which times are shown. Default: <c>Europe/Copenhagen</c>.</summary>
    public string TimeZone { get; init; } = "Europe/Copenhagen";

    /// <summary>The address that senders reach this server at, shown in snippets. Default: the address of the page itself.</summary>
    public string? PublicAddress { get; init; }

    /// <summary>All that is wrong with these options; empty if nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            faults.Add($"studio.timeZone '{TimeZone}' is not a time zone; write an IANA name such as Europe/Copenhagen.");
        if (PublicAddress is { } address && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            faults.Add($"studio.publicAddress '{address}' is not an address; write it as https://kendt.example.");
        return faults;
    }
}
