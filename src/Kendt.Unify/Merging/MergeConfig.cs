using Kendt.Model.Merging;

namespace Kendt.Unify.Merging;

/// <summary>Which of the values that sources say of a trait is shown, as a person says it.</summary>
public sealed record MergeConfig
{
    public static MergeConfig None { get; } = new();

    /// <summary>The way for all traits of which nothing else is said.</summary>
    public MergeWay Default { get; init; } = MergeWay.MostRecent;

    /// <summary>The sources in the order of their importance, where a trait or group has no order of its own.</summary>
    public IReadOnlyList<string> Order { get; init; } = [];

    /// <summary>What is said of single traits, by the first word of their path.</summary>
    public IReadOnlyDictionary<string, MergeTrait> Traits { get; init; } = new Dictionary<string, MergeTrait>();

    /// <summary>Traits that are shown from one voice together, by the group's name.</summary>
    public IReadOnlyDictionary<string, MergeGroup> Groups { get; init; } = new Dictionary<string, MergeGroup>();

    /// <summary>What it means for each name.</summary>
    public MergePolicy Policy()
    {
        var rules = new Dictionary<string, MergeRule>(StringComparer.Ordinal);
        var ranks = Ranked("", Order).ToList();
        foreach (var (group, said) in Groups)
        {
            var unit = "group:" + group;
            foreach (var trait in said.Traits) rules[trait] = new(trait, trait, unit, said.By, said.Order.Count > 0 ? unit : "", 0);
            ranks.AddRange(Ranked(unit, said.Order));
        }
        var renamed = Traits.Where(t => t.Value.As is not null).OrderBy(t => t.Key, StringComparer.Ordinal).ToList();
        foreach (var name in Traits.Where(t => t.Value.As is null).Select(t => t.Key).Concat(renamed.Select(r => r.Value.As!)).Distinct(StringComparer.Ordinal))
        {
            if (rules.ContainsKey(name)) continue;
            var said = Traits.GetValueOrDefault(name) ?? new(Default, [], null);
            rules[name] = new(name, name, name, said.By, said.Order.Count > 0 ? name : "", 0);
            ranks.AddRange(Ranked(name, said.Order));
        }
        foreach (var ((name, said), place) in renamed.Select((r, i) => (r, i + 1))) rules[name] = rules[said.As!] with { Name = name, Place = place };
        // Where the newest word counts and nothing else does, there is nothing to say.
        var plain = rules.Values.Where(r => Default is MergeWay.MostRecent && r.Way is MergeWay.MostRecent && r.Unit == r.Name && !renamed.Exists(o => o.Value.As == r.Name)).Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
        List<MergeRule> kept = [.. rules.Values.Where(r => !plain.Contains(r.Name)).OrderBy(r => r.Name, StringComparer.Ordinal)];
        if (Default is not MergeWay.MostRecent) kept.Insert(0, new(MergePolicy.Others, "", "", Default, "", 0));
        var used = kept.Select(r => r.Ranks).ToHashSet(StringComparer.Ordinal);
        return new(kept, [.. ranks.Where(r => used.Contains(r.Ranks))]);
    }

    private static IEnumerable<MergeRank> Ranked(string ranks, IReadOnlyList<string> order) => order.Select((source, i) => new MergeRank(ranks, source, i));
}

/// <summary>What is said of one trait.</summary>
/// <param name="Order">The sources in the order of their importance; empty for the order of the whole.</param>
/// <param name="As">The name that it is shown under; null for its own. The other name's way counts then.</param>
public sealed record MergeTrait(MergeWay By, IReadOnlyList<string> Order, string? As);

/// <summary>Traits that are never mixed from several sources.</summary>
public sealed record MergeGroup(IReadOnlyList<string> Traits, MergeWay By, IReadOnlyList<string> Order);
