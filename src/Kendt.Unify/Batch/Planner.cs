using Kendt.Maths;
using Kendt.Model;
using Kendt.Store;
using Kendt.Unify.Matching;

namespace Kendt.Unify.Batch;

/// <summary>What would happen to some profiles that hang together, if a plan is applied.</summary>
/// <param name="Place">Its number; the links of one place are written together.</param>
/// <param name="Units">How many records and streams are concerned.</param>
/// <param name="Chance">Of the least sure new link; null if there is none.</param>
/// <param name="Alarm">What speaks against it; empty if nothing does.</param>
public sealed record PlannedChange(long Place, ChangeKind Kind, IReadOnlyList<ProfileId> Profiles, long Units, double? Chance, string Alarm);

/// <summary>Merged: several become one; split: one becomes several; regrouped: both; relinked: only the evidence changes.</summary>
public enum ChangeKind { Merged, Split, Regrouped, Relinked }

/// <summary>A link that a plan adds or revokes.</summary>
internal sealed record PlannedLink(int Place, bool IsAdded, Identifier Left, Identifier Right, string Rule, double Weight, string? Detail);

/// <summary>A plan: the difference between what is and what matching found.</summary>
internal sealed record Plan(IReadOnlyList<PlannedChange> Changes, IReadOnlyList<PlannedLink> Links, MatchSummary Summary, IReadOnlyList<(int Set, ProfileId Owner)> Merging);

/// <summary>Makes the plan: which links of earlier runs stay, which go, and the fewest new ones that are needed beside them.</summary>
internal sealed class Planner
{
    // A new link of four records or more that is less sure than this makes an alarm.
    private const double Thin = 0.8;

    private readonly GroupBook _groups;
    private readonly int[] _set, _component;
    private readonly long[] _units;

    private Planner(GroupBook groups, IReadOnlyList<Found> found)
    {
        _groups = groups;
        _set = new int[groups.Count];
        _component = new int[groups.Count];
        _units = new long[groups.Count];
        var (sets, together) = (new DisjointSets(groups.Count), new DisjointSets(groups.Count));
        foreach (var kind in found) foreach (var tie in kind.Ties) Join(sets, kind.Groups[tie.Left], kind.Groups[tie.Right]);
        var ofOwner = new Dictionary<ProfileId, int>();
        for (var group = 0; group < _set.Length; group++)
        {
            _set[group] = sets.Find(group);
            Join(together, group, _set[group]);
            if (!ofOwner.TryAdd(groups.Owners[group], group)) Join(together, group, ofOwner[groups.Owners[group]]);
        }
        for (var group = 0; group < _set.Length; group++) _component[group] = together.Find(group);
        foreach (var group in found.SelectMany(kind => kind.Groups)) _units[_component[group]]++;
    }

    public static Plan Make(GroupBook groups, IReadOnlyList<Found> found, CancellationToken cancel) => new Planner(groups, found).Plan(found, cancel);

    private Plan Plan(IReadOnlyList<Found> found, CancellationToken cancel)
    {
        var tied = new DisjointSets(_groups.Count);
        var links = new List<PlannedLink>();
        var kept = 0L;
        foreach (var link in _groups.Matched)
        {
            if (_groups.OfEnd(link.Left) is not { } left || _groups.OfEnd(link.Right) is not { } right) continue;
            if (_set[left] == _set[right])
            {
                kept++;
                Join(tied, left, right);
            }
            else links.Add(new(_component[left], false, link.Left, link.Right, link.Rule, link.Weight, null));
        }
        var revoked = links.Count;
        foreach (var kind in found)
        {
            foreach (var tie in kind.Ties)
            {
                var (left, right) = (kind.Groups[tie.Left], kind.Groups[tie.Right]);
                if (tied.Find(left) == tied.Find(right)) continue;
                cancel.ThrowIfCancellationRequested();
                Join(tied, left, right);
                var (one, other) = (kind.Units[tie.Left], kind.Units[tie.Right]);
                if (string.CompareOrdinal(one.ToString(), other.ToString()) > 0) (one, other) = (other, one);
                links.Add(new(_component[left], true, one, other, tie.Rule is null ? Link.Learnt : Link.RulePrefix + tie.Rule, tie.Rule is null ? Waterfall.Chance(tie.Bits) : 1, Waterfall.Write(kind.Explain(tie.Left, tie.Right))));
            }
        }
        return Done(found, links, kept, revoked);
    }

    private Plan Done(IReadOnlyList<Found> found, List<PlannedLink> links, long kept, int revoked)
    {
        // What looks like several customers in one, by the profiles that it would be part of.
        var fused = new Dictionary<int, string>();
        foreach (var kind in found) foreach (var (row, why) in kind.Alarms) fused.TryAdd(_component[kind.Groups[row]], why);
        var refused = found.SelectMany(kind => kind.Refused).ToList();
        var changed = links.ToLookup(l => l.Place);
        var members = Enumerable.Range(0, _set.Length).Where(g => changed.Contains(_component[g])).GroupBy(g => _component[g])
            .Select(c => (Component: c.Key, Groups: c.ToList(), First: c.Min(g => _groups.Owners[g]))).OrderBy(c => c.First).ToList();
        var (changes, placed, merging) = (new List<PlannedChange>(), new List<PlannedLink>(), new List<(int, ProfileId)>());
        long merged = 0, split = 0;
        foreach (var (component, groups, _) in members)
        {
            var place = changes.Count + 1;
            var profiles = groups.Select(g => _groups.Owners[g]).Distinct().Order().ToList();
            var sets = groups.Select(g => _set[g]).Distinct().Count();
            foreach (var set in groups.GroupBy(g => _set[g]))
            {
                var owners = set.Select(g => _groups.Owners[g]).Distinct().ToList();
                merged += owners.Count - 1;
                if (owners.Count > 1) merging.AddRange(owners.Select(o => (set.Key, o)));
            }
            split += groups.GroupBy(g => _groups.Owners[g]).Sum(o => o.Select(g => _set[g]).Distinct().Count() - 1L);
            var kind = (profiles.Count, sets) switch { (1, 1) => ChangeKind.Relinked, (_, 1) => ChangeKind.Merged, (1, _) => ChangeKind.Split, _ => ChangeKind.Regrouped };
            var added = changed[component].Where(l => l.IsAdded).Select(l => (double?)l.Weight).Min();
            changes.Add(new(place, kind, profiles, _units[component], added, fused.GetValueOrDefault(component) ?? (_units[component] / sets >= 4 && added < Thin ? "thin" : "")));
            placed.AddRange(changed[component].Select(l => l with { Place = place }));
        }
        var all = _groups.Owners.Distinct().Count();
        return new(changes, placed, new()
        {
            Units = _units.Sum(),
            Before = all,
            After = all - merged + split,
            Merged = merged,
            Split = split,
            LinksAdded = links.Count - revoked,
            LinksRevoked = revoked,
            LinksKept = kept,
            Forbidden = refused.Count(r => r.Because is RefusedFor.Never),
            Contradicted = refused.Count(r => r.Because is not RefusedFor.Never),
            Refused = refused.GroupBy(r => r.Because).OrderBy(g => g.Key).ToDictionary(g => g.Key, g => g.LongCount()),
            Alarms = changes.Count(c => c.Alarm.Length > 0),
        }, merging);
    }

    private static void Join(DisjointSets sets, int left, int right) => sets.Join(sets.Find(left), sets.Find(right));

    /// <summary>Which segments the profiles that become one are members of.</summary>
    public static async Task<IReadOnlyList<SegmentEffect>> SegmentsAsync(Session ledger, IReadOnlyList<(int Set, ProfileId Owner)> merging, CancellationToken cancel)
    {
        var members = await ledger.ListChunkedAsync([.. merging.Select(m => m.Owner).Distinct().Select(o => new object?[] { o })],
            rows => Sql.Of($"with v(profile_id) as ({rows}) select m.segment, m.profile_id from v join segment_member m on m.profile_id = v.profile_id"), r => (Segment: r.Text(0), Profile: r.ProfileId(1)), cancel);
        var sizes = merging.GroupBy(m => m.Set).ToDictionary(g => g.Key, g => g.Count());
        var sets = merging.ToLookup(m => m.Owner, m => m.Set);
        return [.. members.GroupBy(m => m.Segment, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(segment =>
        {
            var inSets = segment.SelectMany(m => sets[m.Profile]).GroupBy(s => s).ToDictionary(g => g.Key, g => g.Count());
            return new SegmentEffect(segment.Key, segment.Select(m => m.Profile).Distinct().Count(), inSets.Sum(s => s.Value - 1L), inSets.Count(s => s.Value < sizes[s.Key]));
        })];
    }
}
