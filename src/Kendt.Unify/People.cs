using System.Runtime.InteropServices;
using Kendt.Model;

namespace Kendt.Unify;

/// <summary>
/// The profiles that a batch of sightings touches, as a disjoint-set forest over their ids. Sightings are taken in order;
/// what changed is read afterwards by <see cref="StitchWriter"/>.
/// </summary>
/// <param name="isExact">
/// Whether it knows when identifiers that are counted by period were first seen, and with whom each identifier was refused
/// before. That costs, and most batches do not need it: without it, it counts all that any sighting of the batch could count,
/// and learns nothing. Where that may not be enough, the batch is taken again (<see cref="NeedsExact"/>).
/// </param>
internal sealed class People(IdentifierRules rules, bool isExact)
{
    internal const string Person = "person", Visitor = "visitor", Account = "account";

    private readonly Dictionary<Identifier, ProfileId> _owner = [];
    private readonly Dictionary<ProfileId, One> _people = [];
    private readonly Dictionary<Identifier, HashSet<Identifier>> _refusedWith = [];

    internal Dictionary<Identifier, (ProfileId Id, string Source, DateTimeOffset At)> Attached { get; } = [];
    internal Dictionary<(Identifier Left, Identifier Right), Sighting> Links { get; } = [];
    internal List<(ProfileId Loser, ProfileId Survivor, Sighting Because)> Unions { get; } = [];
    internal Dictionary<(Identifier Identifier, Identifier With, string Reason), (Sighting First, int Times)> Refused { get; } = [];
    internal IEnumerable<(ProfileId Id, One One)> Created => _people.Where(p => p.Value.IsNew).Select(p => (p.Key, p.Value));
    internal IEnumerable<(ProfileId Id, string Kind)> Promoted => _people.Where(p => p.Value is { IsNew: false, IsPromoted: true }).Select(p => (p.Key, p.Value.Kind));

    /// <summary>What people decided about the identifiers and profiles of this batch.</summary>
    internal Standing Standing { get; set; } = Standing.None;

    internal bool IsExact => isExact;

    /// <summary>A limit for a period might be broken: what was taken may not hold, and is to be taken again.</summary>
    internal bool NeedsExact { get; private set; }

    /// <summary>What was refused in contradiction to what was known, with whom.</summary>
    internal IReadOnlyDictionary<Identifier, HashSet<Identifier>> RefusedWith => _refusedWith;

    /// <summary>Values that the last sighting showed to be shared: the batch is to be cut here.</summary>
    internal List<Identifier> Learnt { get; } = [];

    internal void Know(Identifier identifier, ProfileId id, string kind)
    {
        _owner[identifier] = id;
        _people.TryAdd(id, new One(kind));
    }

    internal void KnowCount(ProfileId id, string type, int count) => _people[id].Counts[type] = count;

    internal void KnowSeen(ProfileId id, string type, DateTimeOffset at) => _people[id].SeenOf(type).Add(at);

    internal void KnowRefused(Identifier identifier, Identifier with) => Among(identifier).Add(with);

    internal ProfileId OwnerOf(Identifier identifier) => Survivor(_owner[identifier]);

    internal ProfileId Survivor(ProfileId id)
    {
        while (_people.TryGetValue(id, out var one) && one.MergedInto is { } next) id = next;
        return id;
    }

    /// <summary>Profiles that existed before the batch and lost their id in it.</summary>
    internal IReadOnlyList<Merge> MergesOfKnown() =>
        [.. _people.Where(p => !p.Value.IsNew && p.Value.MergedInto is not null).Select(p => new Merge(p.Key, Survivor(p.Key), p.Value.MergedAt))];

    /// <summary>
    /// Whose sighting it is and the identifier that decided it; null if it names nobody. Identifiers are tried strongest
    /// first; one that would break a limit or a decision is left out.
    /// </summary>
    internal (ProfileId Profile, Identifier NamedBy)? Take(Sighting sighting)
    {
        if (sighting.Identifiers.Count == 0) return null;
        var usable = new List<Identifier>(sighting.Identifiers.Count);
        foreach (var identifier in sighting.Identifiers)
        {
            if (rules.IsBlocked(identifier)) Leave(identifier, default, LeftOut.Blocked, sighting);
            else if (Standing.Quarantined.Contains(identifier)) Leave(identifier, default, LeftOut.Shared, sighting);
            else if (!usable.Contains(identifier)) usable.Add(identifier);
        }
        if (usable.Count == 0) usable.Add(sighting.Identifiers[^1]); // somebody did it: the sighting still lands, on a profile of its own value
        if (usable.Count > 1) usable.Sort((a, b) => rules.Rank(a).CompareTo(rules.Rank(b)));

        var strongest = usable[0];
        var mine = _owner.TryGetValue(strongest, out var owner) ? Survivor(owner) : Create(strongest, sighting);
        for (var i = 1; i < usable.Count; i++)
        {
            var identifier = usable[i];
            if (_owner.TryGetValue(identifier, out var other))
            {
                var theirs = Survivor(other);
                if (theirs != mine)
                {
                    if ((Decided(strongest, identifier, mine, theirs) ?? Refusal(_people[mine], _people[theirs], sighting.At)) is { } reason) { Refuse(identifier, strongest, reason, sighting); continue; }
                    mine = Union(mine, theirs, sighting);
                }
            }
            else
            {
                if (Refusal(_people[mine], identifier, sighting.At) is { } reason) { Refuse(identifier, strongest, reason, sighting); continue; }
                Attach(identifier, mine, sighting);
            }
            Links.TryAdd((strongest, identifier), sighting);
        }
        return (mine, strongest);
    }

    private ProfileId Create(Identifier first, Sighting sighting)
    {
        var id = ProfileId.For(first, sighting.At);
        _people.Add(id, new One(sighting.IsAccount ? Account : Visitor) { IsNew = true, CreatedAt = sighting.At, Origin = first });
        Attach(first, id, sighting);
        return id;
    }

    private void Attach(Identifier identifier, ProfileId id, Sighting sighting)
    {
        var one = _people[id];
        _owner[identifier] = id;
        Attached[identifier] = (id, sighting.Source, sighting.At);
        if (!isExact || rules.Period(identifier.Type) is null) CollectionsMarshal.GetValueRefOrAddDefault(one.Counts, identifier.Type, out _)++;
        else one.SeenOf(identifier.Type).Add(sighting.At);
        if (one.Kind == Visitor && identifier.Type is not (Identifier.AnonymousId or Identifier.Device)) (one.Kind, one.IsPromoted) = (Person, true);
    }

    private ProfileId Union(ProfileId left, ProfileId right, Sighting because)
    {
        var (survivor, loser) = left < right ? (left, right) : (right, left);
        One keeps = _people[survivor], goes = _people[loser];
        goes.MergedInto = survivor;
        goes.MergedAt = because.At;
        foreach (var (type, count) in goes.Counts) CollectionsMarshal.GetValueRefOrAddDefault(keeps.Counts, type, out _) += count;
        if (goes.Seen is { } seen) foreach (var (type, times) in seen) keeps.SeenOf(type).AddRange(times);
        if (keeps.Kind == Visitor && goes.Kind != Visitor) (keeps.Kind, keeps.IsPromoted) = (goes.Kind, true);
        Unions.Add((loser, survivor, because));
        return survivor;
    }

    private string? Decided(Identifier strongest, Identifier identifier, ProfileId mine, ProfileId theirs)
    {
        if (Standing.IsEmpty) return null;
        if (Standing.Revoked.TryGetValue((strongest, identifier), out var by) || Standing.Revoked.TryGetValue((identifier, strongest), out by)) return LeftOut.Decision(by);
        foreach (var (seq, left, right) in Standing.Different)
        {
            var (l, r) = (Survivor(left), Survivor(right));
            if (l == mine && r == theirs || l == theirs && r == mine) return LeftOut.Decision(seq);
        }
        return null;
    }

    private string? Refusal(One mine, One theirs, DateTimeOffset at)
    {
        if ((mine.Kind == Account) != (theirs.Kind == Account)) return LeftOut.Kinds;
        string? broken = null; // of several the strongest, so that the reason does not depend on the order in memory
        foreach (var (type, count) in theirs.Counts)
            if (mine.Counts.TryGetValue(type, out var had) && had + count > rules.Limit(type)) broken = Stronger(broken, type);
        if (mine.Seen is { } mineSeen && theirs.Seen is { } theirsSeen)
        {
            foreach (var (type, times) in theirsSeen)
            {
                if (!mineSeen.TryGetValue(type, out var had) || had.Count + times.Count <= rules.Limit(type)) continue;
                var (hadLately, lately) = (Recent(had, type, at), Recent(times, type, at));
                if (hadLately > 0 && lately > 0 && hadLately + lately > rules.Limit(type)) broken = Stronger(broken, type);
            }
        }
        return broken is null ? null : Break(broken);
    }

    private string Break(string type)
    {
        if (!isExact && rules.Period(type) is not null) NeedsExact = true;
        return LeftOut.Limit(type);
    }

    private string Stronger(string? one, string other) => one is null || rules.Priority(other).CompareTo(rules.Priority(one)) is var by && (by < 0 || by == 0 && string.CompareOrdinal(other, one) < 0) ? other : one;

    private string? Refusal(One mine, Identifier more, DateTimeOffset at)
    {
        var limit = rules.Limit(more.Type);
        var had = !isExact || rules.Period(more.Type) is null ? mine.Counts.GetValueOrDefault(more.Type)
            : mine.Seen is not null && mine.Seen.TryGetValue(more.Type, out var times) && times.Count >= limit ? Recent(times, more.Type, at) : 0;
        return had > 0 && had + 1 > limit ? Break(more.Type) : null;
    }

    private int Recent(List<DateTimeOffset> times, string type, DateTimeOffset at)
    {
        var since = at - rules.Period(type)!.Value;
        var count = 0;
        foreach (var time in times) if (time > since) count++;
        return count;
    }

    private void Refuse(Identifier identifier, Identifier with, string reason, Sighting sighting)
    {
        Leave(identifier, with, reason, sighting);
        if (!LeftOut.IsContradiction(reason) || Standing.Released.Contains(identifier)) return;
        var among = Among(identifier);
        among.Add(with);
        if (isExact && among.Count >= rules.SharedBy && among.Select(w => _owner.TryGetValue(w, out var whose) ? Survivor(whose) : default).Distinct().Count() >= rules.SharedBy && !Learnt.Contains(identifier)) Learnt.Add(identifier);
    }

    private HashSet<Identifier> Among(Identifier identifier) => CollectionsMarshal.GetValueRefOrAddDefault(_refusedWith, identifier, out _) ??= [];

    private void Leave(Identifier identifier, Identifier with, string reason, Sighting sighting)
    {
        ref var left = ref CollectionsMarshal.GetValueRefOrAddDefault(Refused, (identifier, with, reason), out var known);
        left = known ? (left.First, left.Times + 1) : (sighting, 1);
    }

    /// <summary>One profile while its batch is taken.</summary>
    internal sealed class One(string kind)
    {
        public string Kind { get; set; } = kind;
        public bool IsNew { get; init; }
        public bool IsPromoted { get; set; }
        public DateTimeOffset CreatedAt { get; init; }
        public Identifier Origin { get; init; }
        public ProfileId? MergedInto { get; set; }
        public DateTimeOffset MergedAt { get; set; }
        public Dictionary<string, int> Counts { get; } = new(4, StringComparer.Ordinal);

        /// <summary>When the identifiers of types that are counted by period were first seen.</summary>
        public Dictionary<string, List<DateTimeOffset>>? Seen { get; private set; }

        public List<DateTimeOffset> SeenOf(string type) => CollectionsMarshal.GetValueRefOrAddDefault(Seen ??= new(2, StringComparer.Ordinal), type, out _) ??= [];
    }
}
