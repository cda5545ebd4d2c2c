using System.Runtime.InteropServices;
using Kendt.Model;

namespace Kendt.Unify;

/// <summary>
/// The profiles that a batch of sightings touches, as a disjoint-set forest over their ids. Sightings are taken in order;
/// what changed is read afterwards by <see cref="StitchWriter"/>.
/// </summary>
internal sealed class People(IdentifierRules rules)
{
    internal const string Person = "person", Visitor = "visitor", Account = "account";

    private readonly Dictionary<Identifier, ProfileId> _owner = [];
    private readonly Dictionary<ProfileId, One> _people = [];

    internal Dictionary<Identifier, (ProfileId Id, string Source, DateTimeOffset At)> Attached { get; } = [];
    internal Dictionary<(Identifier Left, Identifier Right), Sighting> Links { get; } = [];
    internal List<(ProfileId Loser, ProfileId Survivor, Sighting Because)> Unions { get; } = [];
    internal Dictionary<(Identifier Identifier, string Reason), (Sighting First, int Times)> LeftOut { get; } = [];
    internal IEnumerable<(ProfileId Id, string Kind, DateTimeOffset CreatedAt)> Created => _people.Where(p => p.Value.IsNew).Select(p => (p.Key, p.Value.Kind, p.Value.CreatedAt));
    internal IEnumerable<(ProfileId Id, string Kind)> Promoted => _people.Where(p => p.Value is { IsNew: false, IsPromoted: true }).Select(p => (p.Key, p.Value.Kind));

    internal void Know(Identifier identifier, ProfileId id, string kind)
    {
        _owner[identifier] = id;
        _people.TryAdd(id, new One(kind));
    }

    internal void KnowCount(ProfileId id, string type, int count) => _people[id].Counts[type] = count;

    internal ProfileId Survivor(ProfileId id)
    {
        while (_people[id].MergedInto is { } next) id = next;
        return id;
    }

    /// <summary>Profiles that existed before the batch and lost their id in it.</summary>
    internal IReadOnlyList<Merge> MergesOfKnown() =>
        [.. _people.Where(p => !p.Value.IsNew && p.Value.MergedInto is not null).Select(p => new Merge(p.Key, Survivor(p.Key), p.Value.MergedAt))];

    /// <summary>Whose sighting it is; null if it names nobody. Identifiers are tried strongest first; one that would break a limit is left out.</summary>
    internal ProfileId? Take(Sighting sighting)
    {
        if (sighting.Identifiers.Count == 0) return null;
        var usable = new List<Identifier>(sighting.Identifiers.Count);
        foreach (var identifier in sighting.Identifiers)
        {
            if (rules.IsBlocked(identifier)) Leave(identifier, "the value is one that says nothing", sighting);
            else if (!usable.Contains(identifier)) usable.Add(identifier);
        }
        if (usable.Count == 0) usable.Add(sighting.Identifiers[^1]); // somebody did it: the sighting still lands, on a profile of its own value
        if (usable.Count > 1) usable.Sort((a, b) => Rank(a).CompareTo(Rank(b)));

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
                    if (Refusal(_people[mine], _people[theirs]) is { } reason) { Leave(identifier, reason, sighting); continue; }
                    mine = Union(mine, theirs, sighting);
                }
            }
            else
            {
                if (Refusal(_people[mine], identifier) is { } reason) { Leave(identifier, reason, sighting); continue; }
                Attach(identifier, mine, sighting);
            }
            Links.TryAdd((strongest, identifier), sighting);
        }
        return mine;
    }

    private int Rank(Identifier identifier) => identifier.Type.StartsWith("record:", StringComparison.Ordinal) ? -1 : rules.Priority(identifier.Type);

    private ProfileId Create(Identifier first, Sighting sighting)
    {
        var id = ProfileId.For(first, sighting.At);
        _people.Add(id, new One(sighting.IsAccount ? Account : Visitor) { IsNew = true, CreatedAt = sighting.At });
        Attach(first, id, sighting);
        return id;
    }

    private void Attach(Identifier identifier, ProfileId id, Sighting sighting)
    {
        var one = _people[id];
        _owner[identifier] = id;
        Attached[identifier] = (id, sighting.Source, sighting.At);
        CollectionsMarshal.GetValueRefOrAddDefault(one.Counts, identifier.Type, out _)++;
        if (one.Kind == Visitor && identifier.Type is not (Identifier.AnonymousId or Identifier.Device)) (one.Kind, one.IsPromoted) = (Person, true);
    }

    private ProfileId Union(ProfileId left, ProfileId right, Sighting because)
    {
        var (survivor, loser) = left < right ? (left, right) : (right, left);
        One keeps = _people[survivor], goes = _people[loser];
        goes.MergedInto = survivor;
        goes.MergedAt = because.At;
        foreach (var (type, count) in goes.Counts) CollectionsMarshal.GetValueRefOrAddDefault(keeps.Counts, type, out _) += count;
        if (keeps.Kind == Visitor && goes.Kind != Visitor) (keeps.Kind, keeps.IsPromoted) = (goes.Kind, true);
        Unions.Add((loser, survivor, because));
        return survivor;
    }

    private string? Refusal(One mine, One theirs)
    {
        if ((mine.Kind == Account) != (theirs.Kind == Account)) return "one is a company, the other a person";
        foreach (var (type, count) in theirs.Counts)
            if (mine.Counts.TryGetValue(type, out var had) && had + count > rules.Limit(type)) return $"together they would have more than {rules.Limit(type)} of {type}";
        return null;
    }

    private string? Refusal(One mine, Identifier more) =>
        mine.Counts.TryGetValue(more.Type, out var had) && had + 1 > rules.Limit(more.Type) ? $"the profile would have more than {rules.Limit(more.Type)} of {more.Type}" : null;

    private void Leave(Identifier identifier, string reason, Sighting sighting)
    {
        ref var left = ref CollectionsMarshal.GetValueRefOrAddDefault(LeftOut, (identifier, reason), out var known);
        left = known ? (left.First, left.Times + 1) : (sighting, 1);
    }

    private sealed class One(string kind)
    {
        public string Kind { get; set; } = kind;
        public bool IsNew { get; init; }
        public bool IsPromoted { get; set; }
        public DateTimeOffset CreatedAt { get; init; }
        public ProfileId? MergedInto { get; set; }
        public DateTimeOffset MergedAt { get; set; }
        public Dictionary<string, int> Counts { get; } = new(4, StringComparer.Ordinal);
    }
}
