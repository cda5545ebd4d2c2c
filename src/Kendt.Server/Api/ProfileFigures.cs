using System.Text.Json;
using Kendt.Model;
using Kendt.Model.Measures;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Server.Host;
using Kendt.Store;

namespace Kendt.Server.Api;

/// <summary>What was computed for a customer at a moment of the past: measures and segments.</summary>
public sealed class ProfileFigures(Stores stores, Measures measures, Membership membership, KendtOptions options)
{
    /// <summary>The figures by name.</summary>
    public async Task<IReadOnlyList<MeasureOf>> MeasuresAsync(ProfileId profile, DateTimeOffset past, CancellationToken cancel)
    {
        var stored = (await measures.ListAsync(cancel)).Where(m => m.Level is MeasureLevel.Profile).ToList();
        if (stored.Count == 0) return [];
        var ids = await stores.Ledger.ReadAsync(s => OwnEvents.IdsAsync(s, profile, cancel), cancel);
        var events = await stores.Warehouse.ReadAsync(s => s.ListAsync(OwnEvents.Of(ids, Sql.Of($"type, name, ts, properties"), Sql.Of($"ts <= {past}")),
            r => new OwnedEvent(profile, new(r.Text(0) == "track" ? r.Text(1) : "", r.Time(2), JsonSerializer.Deserialize<JsonElement>(r.Text(3)))), cancel), cancel);
        return [.. stored.Select(m => (m.Name, MeasureFigure.Of(m.Measure, events, past, options.Zone).Value)).Where(m => m.Value is not null).Select(m => new MeasureOf(m.Name, m.Value!.Value, past))];
    }

    /// <summary>The segments by name, with the moment of entering.</summary>
    public async Task<IReadOnlyList<(string, DateTimeOffset)>> SegmentsAsync(ProfileId id, DateTimeOffset past, CancellationToken cancel)
    {
        await membership.CopyAsync(cancel);
        return await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select segment, max(entered_at) from membership where profile_id = {id} and entered_at <= {past} and (left_at is null or left_at > {past}) group by segment order by segment
            """), r => (r.Text(0), r.Time(1)), cancel), cancel);
    }
}
