namespace Kendt.Studio.Data;

/// <summary>Reads the anonymous side: devices and what they are interested in.</summary>
public interface IAudienceReader
{
    /// <summary>All devices in numbers.</summary>
    Task<AudienceView> ReadAsync(CancellationToken cancel);
}

/// <summary>The devices in numbers.</summary>
/// <param name="ExpiringSoon">Devices whose last trait expires within 7 days.</param>
/// <param name="Categories">By number of devices, the largest first.</param>
/// <param name="Expiry">How many device traits expire each coming day, the next 30 days.</param>
public sealed record AudienceView(
    long Devices, long Traits, long ExpiringSoon, IReadOnlyList<CategoryRow> Categories, IReadOnlyList<Bar> Kinds, IReadOnlyList<Bar> Countries,
    IReadOnlyList<Bar> Sources, IReadOnlyList<Point> Expiry, DateTimeOffset AsOf);

/// <summary>A category that devices earned.</summary>
/// <param name="Name">As the source names it; levels are divided by <c>/</c>.</param>
public sealed record CategoryRow(string Name, long Devices, double AverageScore, DateTimeOffset LastObserved, DateTimeOffset NextExpiry);
