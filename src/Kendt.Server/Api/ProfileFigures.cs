using System.Text.Json;
using Kendt.Model;
using Kendt.Model.Measures;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Server.Host;
using Kendt.Store;

namespace Kendt.Server.Api;

/// <summary>What is computed for a customer: measures and segments, as they are kept now or as they were at a moment.</summary>
public sealed class ProfileFigures(Stores stores, Measures measures, MeasureValues values, Membership membership, KendtOptions options)
{
    /// <summary>Name, value and the moment that it is true for, by name.</summary>
    public async Task<IReadOnlyDictionary<string, object>> MeasuresAsync(Profile profile, DateTimeOffset? asOf, CancellationToken cancel)
    {
        if (asOf is not { } past) return (await values.OfAsync(profile.Id, cancel)).ToDictionary(m => m.Measure, object (m) => new { value = m.Value, asOf = m.AsOf });
        var stored = (await measures.ListAsync(cancel)).Where(m => m.Level is MeasureLevel.Profile).ToList();
        if (stored.Count == 0) return new Dictionary<string, object>();
        var ids = await stores.Ledger.ReadAsync(s => OwnEvents.IdsAsync(s, profile.Id, cancel), cancel);
        var events = await stores.Warehouse.ReadAsync(s => s.ListAsync(OwnEvents.Of(ids, Sql.Of($"type, name, ts, properties"), Sql.Of($"ts <= {past}")),
            r => new OwnedEvent(profile.Id, new(r.Text(0) == "track" ? r.Text(1) : "", r.Time(2), JsonSerializer.Deserialize<JsonElement>(r.Text(3)))), cancel), cancel);
        return stored.Select(m => (m.Name, MeasureFigure.Of(m.Measure, events, past, options.Zone).Value)).Where(m => m.Value is not null).ToDictionary(m => m.Name, object (m) => new { value = m.Value, asOf = past });
    }

    /// <summary>The names of the segments, in order.</summary>
    public async Task<IReadOnlyList<string>> SegmentsAsync(ProfileId id, DateTimeOffset? asOf, CancellationToken cancel)
    {
        if (asOf is not { } past) return [.. (await membership.OfAsync(id, cancel)).Select(m => m.Segment)];
        await membership.CopyAsync(cancel);
        return await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select distinct segment from membership where profile_id = {id} and entered_at <= {past} and (left_at is null or left_at > {past}) order by segment
            """), r => r.Text(0), cancel), cancel);
    }
}
