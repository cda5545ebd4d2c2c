using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>Explains who is who: what ties a profile together, why two are one or are not, what it was at an earlier moment. Keyed reads of the ledger.</summary>
public sealed class IdentityReader(Stores stores, IdentifierRules rules)
{
    private const int MostSteps = 50;

    /// <summary>The identifier that somebody means by <c>type:value</c>, or by a profile id: then its strongest.</summary>
    /// <exception cref="BadInputException">Nobody has it.</exception>
    public Task<Identifier> MeantAsync(string text, CancellationToken cancel) => stores.Ledger.ReadAsync(async s =>
    {
        if (!ProfileId.TryParse(text.Trim(), out var id))
            return Identifier.TryParse(text.Trim(), out var named) && await DecisionRows.OwnerAsync(s, named, cancel) is not null ? named
                : throw new BadInputException("No customer has that identifier. Give a profile id, or type:value such as email:anna@example.com.");
        var owned = await s.ListAsync(Sql.Of($"""
            select i.type, i.value from identifier i where i.profile_id = (select coalesce(merged_into, profile_id) from profile where profile_id = {id})
            """), r => new Identifier(r.Text(0), r.Text(1)), cancel);
        return owned.Count > 0 ? rules.Strongest(owned).First() : throw new BadInputException("There is no profile with that id.");
    }, cancel);

    /// <summary>What a profile is made of; at an earlier moment by the links that stood then. Null if there was no such profile.</summary>
    public Task<IdentityView?> ShowAsync(ProfileId profile, DateTimeOffset? asOf, CancellationToken cancel) => stores.Ledger.ReadAsync(async s =>
    {
        var known = await s.FirstAsync(Sql.Of($"select coalesce(merged_into, profile_id), created_at, origin from profile where profile_id = {profile}"),
            r => (Now: r.ProfileId(0), CreatedAt: r.Time(1), Origin: Identifier.TryParse(r.TextOrNull(2), out var o) ? o : (Identifier?)null), cancel);
        if (known.Now == default || asOf < known.CreatedAt) return null;
        var log = await MergesAsync(s, known.Now, profile, cancel);
        var knownAs = asOf is { } then ? log.LastOrDefault(m => m.Profile == profile && m.At <= then)?.Into ?? profile : known.Now;
        var (identifiers, links) = asOf is { } moment && known.Origin is { } origin ? await ThenAsync(s, origin, moment, cancel) : await NowAsync(s, known.Now, cancel);
        var absorbed = asOf is { } at ? log.Where(m => m.At <= at).GroupBy(m => m.Profile).Where(g => g.Last().Into == knownAs && g.Key != knownAs).Select(g => g.Key)
            : log.GroupBy(m => m.Profile).Where(g => g.Last().Into == known.Now && g.Key != known.Now).Select(g => g.Key);
        var names = identifiers.Select(i => i.Identifier).ToList();
        var left = (await LeftOutAsync(s, names, cancel)).Where(l => asOf is null || l.At <= asOf).ToList();
        var decisions = await DecisionRows.AboutAsync(s, names, cancel);
        return new IdentityView(profile, knownAs, asOf, identifiers, [.. absorbed.Order()], links, left, History(profile, known.CreatedAt, log, decisions));
    }, cancel);

    /// <summary>Why two are one customer, or are not.</summary>
    /// <exception cref="BadInputException">Nobody has one of them.</exception>
    public async Task<Why> WhyAsync(string left, string right, CancellationToken cancel)
    {
        var (one, other) = (await MeantAsync(left, cancel), await MeantAsync(right, cancel));
        return await stores.Ledger.ReadAsync(async s =>
        {
            var (mine, theirs) = ((await DecisionRows.OwnerAsync(s, one, cancel))!.Id, (await DecisionRows.OwnerAsync(s, other, cancel))!.Id);
            var cluster = await Cluster.ReadAsync(s, [mine, theirs], cancel);
            var owners = cluster.Members.ToDictionary(m => m.Identifier, m => m.Owner);
            var decisions = (await DecisionRows.AboutAsync(s, owners.Keys, cancel)).Where(d => d.UndoneAt is null).ToList();
            if (mine == theirs)
            {
                var path = Path(one, other, cluster.Links);
                return new Why(one, other, mine, theirs, path, [.. decisions.Where(d => path.Any(l => l.Evidence == d.Evidence))], [], []);
            }
            bool Across(Identifier l, Identifier? r) => r is { } with && owners.TryGetValue(l, out var a) && owners.TryGetValue(with, out var b) && a != b;
            var leftOut = (await LeftOutAsync(s, owners.Keys, cancel)).Where(l => Across(l.Identifier, l.With) || l.With is null && (l.Identifier == one || l.Identifier == other));
            var revoked = (await Cluster.LinksAsync(s, owners.Keys, cancel)).Where(l => l.RevokedAt is not null && Across(l.Left, l.Right)).ToList();
            return new Why(one, other, mine, theirs, [], [.. decisions.Where(d => Across(d.Left, d.Right) || d.Right is null && (d.Left == one || d.Left == other) || revoked.Exists(l => l.RevokedBy == d.Seq))], [.. leftOut], revoked);
        }, cancel);
    }

    /// <summary>The newest decisions first.</summary>
    public Task<List<Decision>> DecisionsAsync(bool standing, int limit, CancellationToken cancel) =>
        stores.Ledger.ReadAsync(s => DecisionRows.ListAsync(s, standing ? Sql.Of($"undone_at is null") : Sql.Of($"1 = 1"), limit, cancel), cancel);

    /// <summary>Values in quarantine, the newest first.</summary>
    public Task<List<Quarantined>> QuarantinedAsync(int limit, CancellationToken cancel) => stores.Ledger.ReadAsync(async s =>
    {
        var decisions = await DecisionRows.ListAsync(s, Sql.Of($"kind = 'quarantine' and undone_at is null"), limit, cancel);
        var counts = (await s.ListChunkedAsync([.. decisions.Select(d => new object?[] { d.Left.Type, d.Left.Value })], rows => Sql.Of($"""
            with v(type, value) as ({rows})
            select v.type, v.value, (
                select count(distinct i.profile_id) from left_out l join identifier i on i.type = l.with_type and i.value = l.with_value where l.type = v.type and l.value = v.value),
                (select i.profile_id from identifier i where i.type = v.type and i.value = v.value)
            from v
            """), r => (Identifier: new Identifier(r.Text(0), r.Text(1)), With: r.Long(2), Owner: r.ProfileIdOrNull(3)), cancel)).ToDictionary(c => c.Identifier);
        return decisions.ConvertAll(d => new Quarantined(d, counts[d.Left].With, counts[d.Left].Owner));
    }, cancel);

    private sealed record Merged(ProfileId Profile, ProfileId Into, DateTimeOffset At, string Evidence, bool Carried);

    private static Task<List<Merged>> MergesAsync(Session s, ProfileId now, ProfileId asked, CancellationToken cancel) => s.ListAsync(Sql.Of($"""
        select profile_id, survivor_id, merged_at, evidence, carried from merge_log
        where profile_id in (select profile_id from merge_log where survivor_id = {now} or survivor_id = {asked}) or profile_id = {now} or profile_id = {asked}
        order by seq
        """), r => new Merged(r.ProfileId(0), r.ProfileId(1), r.Time(2), r.Text(3), r.Bool(4)), cancel);

    private static async Task<(IReadOnlyList<IdentifierSeen>, IReadOnlyList<Link>)> NowAsync(Session s, ProfileId profile, CancellationToken cancel)
    {
        var cluster = await Cluster.ReadAsync(s, [profile], cancel);
        return ([.. cluster.Members.Select(m => new IdentifierSeen(m.Identifier, m.Source, m.FirstSeen))], [.. cluster.Links.OrderBy(l => l.At)]);
    }

    // Outwards from the identifier that the profile began with, along links that stood then. A link that was given back stood but for the time between.
    private static async Task<(IReadOnlyList<IdentifierSeen>, IReadOnlyList<Link>)> ThenAsync(Session s, Identifier origin, DateTimeOffset moment, CancellationToken cancel)
    {
        var away = (await s.ListAsync(Sql.Of($"select seq from identity_decision where at <= {moment} and undone_at > {moment}"), r => r.Long(0), cancel)).ToHashSet();
        HashSet<Identifier> reached = [origin];
        HashSet<Link> links = [];
        IReadOnlyCollection<Identifier> edge = [origin];
        for (var step = 0; step < MostSteps && edge.Count > 0; step++)
        {
            var found = (await Cluster.LinksAsync(s, edge, cancel)).Concat(await Cluster.LinksToAsync(s, edge, cancel))
                .Where(l => l.At <= moment && !(l.RevokedAt <= moment) && !(l.RevokedAt is null && l.RevokedBy is { } by && away.Contains(by))).ToList();
            links.UnionWith(found);
            edge = [.. found.SelectMany(l => new[] { l.Left, l.Right }).Where(reached.Add)];
        }
        var seen = await s.ListChunkedAsync([.. reached.Select(i => new object?[] { i.Type, i.Value })],
            rows => Sql.Of($"with v(type, value) as ({rows}) select i.type, i.value, i.source, i.first_seen from v join identifier i on i.type = v.type and i.value = v.value"),
            r => new IdentifierSeen(new(r.Text(0), r.Text(1)), r.Text(2), r.Time(3)), cancel);
        return ([.. seen.OrderBy(i => i.FirstSeen)], [.. links.OrderBy(l => l.At)]);
    }

    private static async Task<List<LeftOutRow>> LeftOutAsync(Session s, IReadOnlyCollection<Identifier> identifiers, CancellationToken cancel)
    {
        var found = await s.ListChunkedAsync([.. identifiers.Select(i => new object?[] { i.Type, i.Value })], rows => Sql.Of($"""
            with v(type, value) as ({rows})
            select l.type, l.value, l.with_type, l.with_value, l.reason, l.evidence, l.times, l.at from v join left_out l on l.type = v.type and l.value = v.value
            union
            select l.type, l.value, l.with_type, l.with_value, l.reason, l.evidence, l.times, l.at from v join left_out l on l.with_type = v.type and l.with_value = v.value
            """), r => new LeftOutRow(new(r.Text(0), r.Text(1)), r.Text(2).Length == 0 ? null : new(r.Text(2), r.Text(3)), r.Text(4), r.Text(5), r.Long(6), r.Time(7)), cancel);
        return [.. found.Distinct().OrderBy(l => l.At)];
    }

    private static List<IdentityEntry> History(ProfileId profile, DateTimeOffset createdAt, List<Merged> log, List<Decision> decisions)
    {
        var entries = new List<IdentityEntry> { new(createdAt, IdentityChange.Created, profile, null, "", null) };
        entries.AddRange(log.Where(m => !m.Carried).Select(m => m.Profile == m.Into ? new IdentityEntry(m.At, IdentityChange.Parted, m.Profile, null, m.Evidence, null) : new(m.At, IdentityChange.Merged, m.Profile, m.Into, m.Evidence, null)));
        entries.AddRange(decisions.Select(d => new IdentityEntry(d.At, IdentityChange.Decided, profile, null, d.Evidence, d)));
        entries.AddRange(decisions.Where(d => d.UndoneAt is not null).Select(d => new IdentityEntry(d.UndoneAt!.Value, IdentityChange.Undone, profile, null, d.Evidence, d)));
        return [.. entries.OrderBy(e => e.At).ThenBy(e => e.Change is IdentityChange.Decided or IdentityChange.Undone ? 0 : 1)];
    }

    // Breadth first, so that the way is the shortest; of equals by older evidence.
    private static List<Link> Path(Identifier from, Identifier to, IReadOnlyList<Link> links)
    {
        var at = links.OrderBy(l => l.At).SelectMany(l => new[] { (End: l.Left, Link: l), (End: l.Right, Link: l) }).ToLookup(l => l.End, l => l.Link);
        var by = new Dictionary<Identifier, Link?> { [from] = null };
        var queue = new Queue<Identifier>([from]);
        while (queue.TryDequeue(out var place) && !by.ContainsKey(to))
            foreach (var link in at[place])
                if (by.TryAdd(link.Other(place), link)) queue.Enqueue(link.Other(place));
        var path = new List<Link>();
        for (var place = to; by.GetValueOrDefault(place) is { } link; place = link.Other(place)) path.Insert(0, link);
        return path;
    }
}
