using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify.Batch;

/// <summary>
/// What is one customer before anything is matched: the identifiers that hang together by what was seen or said. A profile that matching made
/// is several groups, any other is one.
/// </summary>
internal sealed class GroupBook
{
    private readonly Dictionary<(ProfileId Profile, int Part), int> _numbers = [];
    private readonly Dictionary<Identifier, (ProfileId Profile, int Part)> _parts = [];
    private readonly List<ProfileId> _owners = [];

    /// <summary>How many groups there are; they are numbered from 0.</summary>
    public int Count => _owners.Count;

    /// <summary>The profile that each group is of now.</summary>
    public IReadOnlyList<ProfileId> Owners => _owners;

    /// <summary>The links of earlier runs that stand.</summary>
    public IReadOnlyList<Link> Matched { get; private set; } = [];

    /// <summary>Groups that somebody decided are never one customer.</summary>
    public IReadOnlyList<(int Left, int Right)> Never { get; private set; } = [];

    /// <summary>Values that tie nobody.</summary>
    public IReadOnlySet<Identifier> Quarantined { get; private set; } = new HashSet<Identifier>();

    /// <summary>The identifiers of the profiles that were asked for, or that matching made.</summary>
    public IReadOnlyCollection<Identifier> Members => _parts.Keys;

    /// <summary>All groups; those of profiles that matching never touched are numbered as they are asked for.</summary>
    public static async Task<GroupBook> LoadAsync(Session ledger, CancellationToken cancel)
    {
        var matched = await ledger.ListAsync(Sql.Of($"select {Cluster.Columns} from link l where l.revoked_at is null and (l.rule = {Link.Learnt} or l.rule like {Link.RulePrefix + "%"})"), Cluster.Read, cancel);
        var owners = await OwnersAsync(ledger, [.. matched.SelectMany(l => new[] { l.Left, l.Right }).Distinct()], cancel);
        var cluster = await Cluster.ReadAsync(ledger, [.. owners.Values.Select(o => o.Id).Distinct()], cancel);
        var apart = await ledger.ListAsync(Sql.Of($"select left_type, left_value, right_type, right_value from identity_decision where kind in ('different', 'split') and undone_at is null order by seq"),
            r => (Left: new Identifier(r.Text(0), r.Text(1)), Right: new Identifier(r.Text(2), r.Text(3))), cancel);
        var sides = await OwnersAsync(ledger, [.. apart.SelectMany(p => new[] { p.Left, p.Right }).Distinct()], cancel);
        return await MakeAsync(ledger, cluster, matched, [.. apart.Where(p => sides.ContainsKey(p.Left) && sides.ContainsKey(p.Right)).Select(p => ((p.Left, sides[p.Left].Id), (p.Right, sides[p.Right].Id)))], cancel);
    }

    /// <summary>The groups of some profiles.</summary>
    public static async Task<GroupBook> LoadAsync(Session ledger, IReadOnlyCollection<ProfileId> profiles, CancellationToken cancel)
    {
        var cluster = await Cluster.ReadAsync(ledger, profiles, cancel);
        var apart = await Apart.ReadAsync(ledger, profiles, cancel);
        return await MakeAsync(ledger, cluster, [.. cluster.Links.Where(l => l.IsMatched)], [.. apart.Pairs.Select(p => ((p.Left, p.LeftOwner), (p.Right, p.RightOwner)))], cancel);
    }

    private static async Task<GroupBook> MakeAsync(Session ledger, Cluster cluster, List<Link> matched, List<((Identifier, ProfileId) Left, (Identifier, ProfileId) Right)> apart, CancellationToken cancel)
    {
        var book = new GroupBook
        {
            Matched = [.. matched.OrderBy(l => l.Left.ToString(), StringComparer.Ordinal).ThenBy(l => l.Right.ToString(), StringComparer.Ordinal).ThenBy(l => l.Rule, StringComparer.Ordinal)],
            Quarantined = (await ledger.ListAsync(Sql.Of($"select left_type, left_value from identity_decision where kind = 'quarantine' and undone_at is null"), r => new Identifier(r.Text(0), r.Text(1)), cancel)).ToHashSet(),
        };
        var parts = cluster.Parts(cluster.Links.Where(l => !l.IsMatched));
        foreach (var member in cluster.Members)
        {
            book._parts[member.Identifier] = (member.Owner, parts[member.Identifier]);
            book.Number(member.Owner, parts[member.Identifier]);
        }
        book.Never = [.. apart.Select(p => (book.Of(p.Left.Item1, p.Left.Item2), book.Of(p.Right.Item1, p.Right.Item2))).Where(p => p.Item1 != p.Item2)];
        return book;
    }

    /// <summary>Whose each of these is; one that nobody has is absent.</summary>
    public static async Task<Dictionary<Identifier, Owner>> OwnersAsync(Session ledger, IReadOnlyCollection<Identifier> identifiers, CancellationToken cancel) => (await ledger.ListChunkedAsync(
        [.. identifiers.Select(i => new object?[] { i.Type, i.Value })],
        rows => Sql.Of($"with v(type, value) as ({rows}) select i.type, i.value, i.profile_id, p.kind from v join identifier i on i.type = v.type and i.value = v.value join profile p on p.profile_id = i.profile_id"),
        r => (Identifier: new Identifier(r.Text(0), r.Text(1)), Owner: new Owner(r.ProfileId(2), r.Text(3))), cancel)).ToDictionary(o => o.Identifier, o => o.Owner);

    /// <summary>The group of an identifier of a profile.</summary>
    public int Of(Identifier identifier, ProfileId owner) => _parts.TryGetValue(identifier, out var part) && part.Profile == owner ? Number(part.Profile, part.Part) : Number(owner, -1);

    /// <summary>The group of an end of a matched link.</summary>
    public int? OfEnd(Identifier end) => _parts.TryGetValue(end, out var part) ? Number(part.Profile, part.Part) : null;

    private int Number(ProfileId owner, int part)
    {
        if (_numbers.TryGetValue((owner, part), out var number)) return number;
        _owners.Add(owner);
        return _numbers[(owner, part)] = _owners.Count - 1;
    }
}
