using Kendt.Audiences;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>The anonymous side in numbers.</summary>
public sealed class AudienceData(Devices devices, TimeProvider time) : IAudienceReader
{
    public async Task<AudienceView> ReadAsync(CancellationToken cancel)
    {
        var asOf = time.GetUtcNow();
        var counts = await devices.CountAsync(asOf, 200, cancel);
        var expiry = await devices.ExpiryAsync(asOf, 30, cancel);
        return new(counts.Devices, counts.Traits, counts.ExpiringSoon,
            [.. counts.Largest.Select(c => new CategoryRow(c.Trait, c.Devices, c.AverageScore, c.LastObserved, c.NextExpiry))],
            await BarsAsync(DeviceFact.Kind, asOf, cancel), await BarsAsync(DeviceFact.Country, asOf, cancel), await BarsAsync(DeviceFact.Source, asOf, cancel),
            [.. expiry.Select(e => new Point(e.Day, e.Traits))], asOf);
    }

    private async Task<IReadOnlyList<Bar>> BarsAsync(DeviceFact fact, DateTimeOffset asOf, CancellationToken cancel)
    {
        var found = await devices.ByAsync(fact, asOf, 8, cancel);
        var most = found.Count == 0 ? 1 : found.Max(f => f.Devices);
        return [.. found.Select(f => new Bar(f.Value.Length == 0 ? "?" : f.Value, new Count(f.Devices), f.Devices / (double)most))];
    }
}
