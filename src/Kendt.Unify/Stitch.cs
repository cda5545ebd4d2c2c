using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>What became of a batch of sightings: whose each one is, and which profiles turned out to be one.</summary>
/// <param name="Profiles">One per sighting, in its order; the id that the merges of this batch have led to, null where it names nobody.</param>
/// <param name="Merges">Losers that had been profiles before this batch, with their survivors.</param>
public sealed record Stitched(IReadOnlyList<ProfileId?> Profiles, IReadOnlyList<Merge> Merges);

/// <summary>
/// Ties identifiers that were seen together to one profile, at once. Deterministic: the same sightings in the same order
/// give the same profiles with the same ids. Every tie is kept as a link with its evidence; a merge keeps the older id.
/// Sightings that were stitched before change nothing, so that a killed process may repeat its last batch.
/// </summary>
public sealed class Stitch(IdentifierRules rules)
{
    /// <summary>Works within the caller's ledger transaction.</summary>
    public async Task<Stitched> RunAsync(Session ledger, IReadOnlyList<Sighting> sightings, CancellationToken cancel)
    {
        var people = new People(rules);
        await LoadAsync(ledger, people, sightings, cancel);
        var whose = new ProfileId?[sightings.Count];
        for (var i = 0; i < sightings.Count; i++) whose[i] = people.Take(sightings[i]);
        await new StitchWriter(ledger).WriteAsync(people, cancel);
        for (var i = 0; i < whose.Length; i++) if (whose[i] is { } one) whose[i] = people.Survivor(one);
        return new(whose, people.MergesOfKnown());
    }

    private static async Task LoadAsync(Session ledger, People people, IReadOnlyList<Sighting> sightings, CancellationToken cancel)
    {
        var asked = sightings.SelectMany(s => s.Identifiers).Distinct().Select(i => new object?[] { i.Type, i.Value }).ToArray();
        var known = await ledger.ListChunkedAsync(asked,
            rows => Sql.Of($"""
                with v(type, value) as ({rows})
                select i.type, i.value, i.profile_id, p.kind from v join identifier i on i.type = v.type and i.value = v.value
                join profile p on p.profile_id = i.profile_id
                """),
            r => (Identifier: new Identifier(r.Text(0), r.Text(1)), Id: r.ProfileId(2), Kind: r.Text(3)), cancel);
        foreach (var (identifier, id, kind) in known) people.Know(identifier, id, kind);
        var ids = known.Select(k => k.Id).Distinct().Select(id => new object?[] { id }).ToArray();
        var counts = await ledger.ListChunkedAsync(ids,
            rows => Sql.Of($"""
                with v(profile_id) as ({rows})
                select i.profile_id, i.type, count(*) from v join identifier i on i.profile_id = v.profile_id group by i.profile_id, i.type
                """),
            r => (Id: r.ProfileId(0), Type: r.Text(1), Count: r.Int(2)), cancel);
        foreach (var (id, type, count) in counts) people.KnowCount(id, type, count);
    }
}
