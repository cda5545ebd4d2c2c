using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>
/// Derives profiles anew from the links that stand, for profiles whose links a decision or a matching run changed. The larger part of a
/// profile keeps its id, of equals the one that was not told to leave, then the one with the stronger identifier; a part that had an id of its own before a merge gets its oldest one back; another gets a new one.
/// Where parts of several profiles became one, the oldest id survives.
/// </summary>
/// <param name="evidence">What changed the links; merges name it.</param>
/// <param name="leaving">Identifiers that were told to leave.</param>
internal sealed class Regroup(IdentifierRules rules, string evidence, IReadOnlySet<Identifier> leaving, DateTimeOffset at)
{
    /// <param name="Parted">Of the profiles those that came apart: what was written for one of them may be another's.</param>
    internal sealed record Outcome(IReadOnlyList<Move> Moves, IReadOnlyList<Merge> Merges, IReadOnlyList<ProfileId> Profiles, IReadOnlyList<ProfileId> Parted);

    private sealed record Known(ProfileId Id, string Kind, ProfileId? MergedInto, Identifier? Origin);

    private sealed class Part(int number)
    {
        public int Number { get; } = number;
        public List<Cluster.Member> Members { get; } = [];
        public List<Known> Claims { get; } = [];
        public ProfileId Id { get; set; }
        public bool IsNew { get; set; }
        public string Kind { get; set; } = "";
    }

    internal async Task<Outcome> RunAsync(Session ledger, IReadOnlyCollection<ProfileId> profiles, CancellationToken cancel)
    {
        var cluster = await Cluster.ReadAsync(ledger, profiles, cancel);
        var known = await FamilyAsync(ledger, profiles, cancel);
        var numbers = cluster.Parts(cluster.Links);
        var parts = new Dictionary<int, Part>();
        foreach (var member in cluster.Members) // in order of age, so the parts too
        {
            if (!parts.TryGetValue(numbers[member.Identifier], out var part)) parts.Add(numbers[member.Identifier], part = new(numbers[member.Identifier]));
            part.Members.Add(member);
        }
        var live = known.Where(k => k.MergedInto is null).ToDictionary(k => k.Id);
        foreach (var owned in cluster.Members.GroupBy(m => m.Owner))
        {
            var largest = owned.GroupBy(m => numbers[m.Identifier]).OrderByDescending(g => g.Count())
                .ThenBy(g => g.Any(m => leaving.Contains(m.Identifier))).ThenBy(g => g.Min(m => rules.Rank(m.Identifier))).First(); // then the oldest
            parts[largest.Key].Claims.Add(live[owned.Key]);
        }
        foreach (var part in parts.Values)
        {
            part.Kind = KindOf(part, live);
            if (part.Claims.Count > 0) { part.Id = part.Claims.Min(c => c.Id); continue; }
            var before = known.Where(k => k.MergedInto is not null && k.Origin is { } origin && numbers.TryGetValue(origin, out var n) && n == part.Number).Select(k => k.Id).Order().ToList();
            (part.Id, part.IsNew) = before.Count > 0 ? (before[0], false) : (await NewIdAsync(ledger, part.Members[0].Identifier, cancel), true);
        }
        return await WriteAsync(ledger, cluster, known, parts, cancel);
    }

    private async Task<Outcome> WriteAsync(Session ledger, Cluster cluster, List<Known> known, Dictionary<int, Part> parts, CancellationToken cancel)
    {
        ledger.ChangesAnybody(); // a decision is rare
        var numbers = parts.Values.SelectMany(p => p.Members.Select(m => (m.Identifier, p))).ToDictionary(p => p.Identifier, p => p.p);
        var moves = cluster.Members.Where(m => m.Owner != numbers[m.Identifier].Id).Select(m => new Move(m.Identifier, m.Owner, numbers[m.Identifier].Id)).ToList();
        var heirs = parts.Values.SelectMany(p => p.Claims.Select(c => (c.Id, p.Id))).ToDictionary(p => p.Item1, p => p.Item2);

        // Where each id leads now: a live one to the part that claims it, an old one to the part that has its first identifier.
        var leads = new List<(Known Known, ProfileId To)>();
        foreach (var one in known)
        {
            var to = one.MergedInto is null ? heirs.GetValueOrDefault(one.Id, one.Id)
                : one.Origin is { } origin && numbers.TryGetValue(origin, out var part) ? part.Id : heirs.GetValueOrDefault(one.MergedInto.Value, one.MergedInto.Value);
            if (to != (one.MergedInto ?? one.Id)) leads.Add((one, to));
        }
        await ledger.ExecuteChunkedAsync([.. parts.Values.Where(p => p.IsNew).Select(p => new object?[] { p.Id, p.Kind, at, p.Members[0].Identifier.ToString() })],
            rows => Sql.Of($"insert into profile (profile_id, kind, created_at, origin) {rows}"), cancel);
        await ledger.ExecuteChunkedAsync([.. moves.Select(m => new object?[] { m.Identifier.Type, m.Identifier.Value, m.To })],
            rows => Sql.Of($"with v(type, value, profile_id) as ({rows}) update identifier set profile_id = v.profile_id from v where identifier.type = v.type and identifier.value = v.value"), cancel);
        await ledger.ExecuteChunkedAsync([.. leads.Where(l => l.To != l.Known.Id).Select(l => new object?[] { l.Known.Id, l.To, at })],
            rows => Sql.Of($"with v(loser, survivor, at) as ({rows}) update profile set merged_into = v.survivor, merged_at = v.at from v where profile.profile_id = v.loser"), cancel);
        await ledger.ExecuteChunkedAsync([.. leads.Where(l => l.To == l.Known.Id).Select(l => new object?[] { l.Known.Id })],
            rows => Sql.Of($"with v(profile_id) as ({rows}) update profile set merged_into = null, merged_at = null from v where profile.profile_id = v.profile_id"), cancel);
        var ids = parts.Values.Select(p => p.Id).ToHashSet();
        var origins = known.Where(k => k.Origin is { } o && numbers.TryGetValue(o, out var p) && p.Id != k.Id && ids.Contains(k.Id)).Select(k => k.Id).ToHashSet();
        await ledger.ExecuteChunkedAsync([.. parts.Values.Select(p => new object?[] { p.Id, p.Kind, origins.Contains(p.Id) ? p.Members[0].Identifier.ToString() : "" })],
            rows => Sql.Of($"with v(profile_id, kind, origin) as ({rows}) update profile set kind = v.kind, origin = case when v.origin = '' then profile.origin else v.origin end from v where profile.profile_id = v.profile_id"), cancel);

        var seq = await ledger.CountAsync(Sql.Of($"select max(seq) from merge_log"), cancel);
        var created = parts.Values.Where(p => p.IsNew).Select(p => (Id: p.Id, To: p.Id, Carried: false));
        await ledger.ExecuteChunkedAsync([.. leads.Select(l => (l.Known.Id, l.To, Carried: l.Known.MergedInto is not null && l.To != l.Known.Id)).Concat(created).OrderBy(l => l.Id).Select(l => new object?[] { ++seq, l.Id, l.To, at, evidence, l.Carried })],
            rows => Sql.Of($"insert into merge_log (seq, profile_id, survivor_id, merged_at, evidence, carried) {rows}"), cancel);

        // What only became part of another follows the merge.
        var parted = moves.Where(m => heirs.GetValueOrDefault(m.From, m.From) != m.To).SelectMany(m => new[] { heirs.GetValueOrDefault(m.From, m.From), m.To }).Distinct();
        return new(moves, [.. leads.Where(l => l.Known.MergedInto is null && l.To != l.Known.Id).Select(l => new Merge(l.Known.Id, l.To, at))], [.. parts.Values.Select(p => p.Id).Order()], [.. parted.Order()]);
    }

    private static Task<List<Known>> FamilyAsync(Session ledger, IReadOnlyCollection<ProfileId> profiles, CancellationToken cancel) => ledger.ListChunkedAsync(
        [.. profiles.Distinct().Select(id => new object?[] { id })],
        rows => Sql.Of($"with v(profile_id) as ({rows}) select p.profile_id, p.kind, p.merged_into, p.origin from v join profile p on p.profile_id = v.profile_id or p.merged_into = v.profile_id order by p.profile_id"),
        r => new Known(r.ProfileId(0), r.Text(1), r.ProfileIdOrNull(2), Identifier.TryParse(r.TextOrNull(3), out var origin) ? origin : null), cancel);

    private static string KindOf(Part part, Dictionary<ProfileId, Known> live) =>
        part.Members.Exists(m => live[m.Owner].Kind == People.Account) ? People.Account
        : part.Members.TrueForAll(m => m.Identifier.Type is Identifier.AnonymousId or Identifier.Device) ? People.Visitor : People.Person;

    // An id that this identifier had at the same moment is somebody's already.
    private async Task<ProfileId> NewIdAsync(Session ledger, Identifier first, CancellationToken cancel)
    {
        for (var seen = at; ; seen = seen.AddMilliseconds(1))
        {
            var id = ProfileId.For(first, seen);
            if (await ledger.CountAsync(Sql.Of($"select count(*) from profile where profile_id = {id}"), cancel) == 0) return id;
        }
    }
}
