using Kendt.Model;
using Kendt.Store;

namespace Kendt.Audiences;

/// <summary>How many devices there are, and the largest of their categories.</summary>
/// <param name="ExpiringSoon">Devices whose last trait expires within 7 days.</param>
public sealed record DeviceCounts(DateTimeOffset AsOf, long Devices, long Categories, long Traits, long ExpiringSoon, IReadOnlyList<CategoryCount> Largest);

/// <summary>Devices that earned a category.</summary>
public sealed record CategoryCount(string Trait, long Devices, double AverageScore, DateTimeOffset LastObserved, DateTimeOffset NextExpiry);

/// <summary>
/// Anonymous devices and what they earned, for a limited time. Nothing here can be joined to a person: devices have
/// tables of their own, and a feed's row with personal data never gets here.
/// </summary>
public sealed class Devices(Stores stores)
{
    /// <summary>How long a trait of a feed lives after it was observed.</summary>
    public static readonly TimeSpan TraitLife = TimeSpan.FromDays(120);

    private static readonly string[] DeviceColumns = ["device_id", "source", "kind", "country", "region", "first_seen", "expires_at"];
    private static readonly string[] TraitColumns = ["device_id", "trait", "source", "observed_at", "score", "expires_at"];

    /// <summary>Takes rows of a feed; a device that the feed had named before is replaced by what it says now.</summary>
    public async Task TakeAsync(IReadOnlyList<DeviceRow> rows, CancellationToken cancel)
    {
        var latest = rows.GroupBy(r => (r.DeviceId, r.Source)).Select(g => g.MaxBy(r => r.ObservedAt)!).ToList();
        await stores.Warehouse.WriteAsync(async s =>
        {
            foreach (var source in latest.GroupBy(r => r.Source, StringComparer.Ordinal))
            {
                foreach (var chunk in source.Chunk(20_000))
                {
                    var ids = Dialect.InTexts(Sql.Of($"device_id"), chunk.Select(r => r.DeviceId));
                    await s.ExecuteAsync(Sql.Of($"delete from device where source = {source.Key} and {ids}"), cancel);
                    await s.ExecuteAsync(Sql.Of($"delete from device_trait where source = {source.Key} and {ids}"), cancel);
                }
            }
            await s.LoadAsync("device", DeviceColumns, latest.Select(r => new object?[] { r.DeviceId, r.Source, r.Kind, r.Country, r.Region, r.ObservedAt, r.ObservedAt + TraitLife }), cancel);
            await s.LoadAsync("device_trait", TraitColumns, latest.SelectMany(r => r.Audiences.Distinct(StringComparer.Ordinal).Select(a => new object?[] { r.DeviceId, a, r.Source, r.ObservedAt, r.Score, r.ObservedAt + TraitLife })), cancel);
        }, cancel);
    }

    /// <summary>Exact counts of what has not expired.</summary>
    public Task<DeviceCounts> CountAsync(DateTimeOffset asOf, int limit, CancellationToken cancel) => stores.Warehouse.ReadAsync(async s =>
    {
        var devices = await s.CountAsync(Sql.Of($"select count(distinct device_id) from device where expires_at > {asOf}"), cancel);
        var (traits, categories) = await s.FirstAsync(Sql.Of($"select count(*), count(distinct trait) from device_trait where expires_at > {asOf}"), r => (r.Long(0), r.Long(1)), cancel);
        var soon = await s.CountAsync(Sql.Of($"select count(*) from (select device_id from device_trait where expires_at > {asOf} group by device_id having max(expires_at) <= {asOf.AddDays(7)}) as d"), cancel);
        var largest = await s.ListAsync(Sql.Of($"""
            select trait, count(distinct device_id), avg(score), max(observed_at), min(expires_at) from device_trait where expires_at > {asOf}
            group by trait order by count(distinct device_id) desc, trait limit {limit}
            """), r => new CategoryCount(r.Text(0), r.Long(1), r.Double(2), r.Time(3), r.Time(4)), cancel);
        return new DeviceCounts(asOf, devices, categories, traits, soon, largest);
    }, cancel);

    /// <summary>Devices by kind, country or source.</summary>
    public Task<List<(string Value, long Devices)>> ByAsync(DeviceFact fact, DateTimeOffset asOf, int limit, CancellationToken cancel)
    {
        var column = Sql.Name(fact.ToString().ToLowerInvariant());
        return stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"select {column}, count(distinct device_id) from device where expires_at > {asOf} group by {column} order by count(distinct device_id) desc, {column} limit {limit}"),
            r => (r.Text(0), r.Long(1)), cancel), cancel);
    }

    /// <summary>How many traits expire on each of the coming days.</summary>
    public Task<List<(DateTimeOffset Day, long Traits)>> ExpiryAsync(DateTimeOffset asOf, int days, CancellationToken cancel) => stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
        select {Dialect.Truncate("day", Sql.Of($"expires_at"))} as day, count(*) from device_trait where expires_at > {asOf} and expires_at <= {asOf.AddDays(days)} group by 1 order by 1
        """), r => (r.Time(0), r.Long(1)), cancel), cancel);
}

/// <summary>What is known of every device.</summary>
public enum DeviceFact { Kind, Country, Region, Source }
