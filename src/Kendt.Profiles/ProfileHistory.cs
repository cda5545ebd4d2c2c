using System.Text.Json;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>What was known of a customer at a moment of the past, out of what the warehouse kept of all that was said.</summary>
public sealed class ProfileHistory(Stores stores)
{
    /// <summary>
    /// The profile as its sources had described it by then: traits with the words of that time, identifiers and links that
    /// had been seen. Ids merged later count as this customer then, too: the person was the same.
    /// </summary>
    public async Task<Profile> AtAsync(Profile now, DateTimeOffset asOf, CancellationToken cancel)
    {
        var (ids, policy) = await stores.Ledger.ReadAsync(async s => (await OwnEvents.IdsAsync(s, now.Id, cancel), await MergePolicies.ReadAsync(s, cancel)), cancel);
        var said = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select name, value, source, ts, evidence, seq from trait_log
            where written_profile_id in ({Sql.Join(", ", ids.Select(i => Sql.Value(i)))}) and ts <= {asOf} and value <> '' order by ts, seq
            """), r => (Name: r.Text(0), Word: new TraitValue(JsonSerializer.Deserialize<JsonElement>(r.Text(1)), r.Text(2), r.Time(3), r.Text(4)) { Seq = r.Long(5) }), cancel), cancel);
        var document = new ProfileDocument();
        foreach (var (name, word) in said) document.Say(name, word);
        return now with
        {
            Traits = document.Shown(policy),
            Identifiers = [.. now.Identifiers.Where(i => i.FirstSeen <= asOf)],
            Links = [.. now.Links.Where(l => l.At <= asOf).Select(l => l.RevokedAt > asOf ? l with { RevokedAt = null } : l)],
            Merges = [.. now.Merges.Where(m => m.At <= asOf)],
        };
    }
}
