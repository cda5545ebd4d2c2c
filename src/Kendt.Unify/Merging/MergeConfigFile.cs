using System.Globalization;
using System.Text;
using System.Text.Json;
using Kendt.Model.Merging;
using Kendt.Unify.Batch;

namespace Kendt.Unify.Merging;

/// <summary>The part <c>merge</c> of a matching configuration.</summary>
internal static class MergeConfigFile
{
    // Groups are shown from one voice, so they cannot be made of several.
    private static readonly MergeWay[] OfGroups = [MergeWay.MostRecent, MergeWay.LeastRecent, MergeWay.Importance];

    private static readonly MergeWay[] OfAll = [MergeWay.MostRecent, MergeWay.LeastRecent, MergeWay.Importance, MergeWay.MostFrequent];

    public static string Word(MergeWay way) => JsonNamingPolicy.CamelCase.ConvertName(way.ToString());

    public static MergeConfig Read(JsonElement value, List<string> faults)
    {
        var root = MatchConfigFile.Members(value, "merge", faults, "default", "order", "traits", "groups");
        var way = root.TryGetValue("default", out var said) ? Way(said, "merge.default", OfAll, faults) : MergeWay.MostRecent;
        var config = new MergeConfig
        {
            Default = way,
            Order = root.TryGetValue("order", out var order) ? Names(order, "merge.order", faults) : [],
            Traits = root.TryGetValue("traits", out var traits) ? Traits(traits, way, faults) : new Dictionary<string, MergeTrait>(),
            Groups = root.TryGetValue("groups", out var groups) ? Groups(groups, faults) : new Dictionary<string, MergeGroup>(),
        };
        Check(config, faults);
        return config;
    }

    public static void Write(MergeConfig config, StringBuilder text)
    {
        if (config.Default is MergeWay.MostRecent && config.Order.Count == 0 && config.Traits.Count == 0 && config.Groups.Count == 0) return;
        text.Append("merge:\n");
        if (config.Default is not MergeWay.MostRecent) text.Append(CultureInfo.InvariantCulture, $"  default: {Word(config.Default)}\n");
        if (config.Order.Count > 0) text.Append(CultureInfo.InvariantCulture, $"  order: {List(config.Order)}\n");
        if (config.Traits.Count > 0) text.Append("  traits:\n");
        foreach (var (name, said) in config.Traits.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            var how = said.As is { } other ? $"{{ as: {MatchConfigFile.Quoted(other)} }}" : said.Order.Count > 0 ? $"{{ by: {Word(said.By)}, order: {List(said.Order)} }}" : Word(said.By);
            text.Append(CultureInfo.InvariantCulture, $"    {MatchConfigFile.Quoted(name)}: {how}\n");
        }
        if (config.Groups.Count > 0) text.Append("  groups:\n");
        foreach (var (name, said) in config.Groups.OrderBy(t => t.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"    {MatchConfigFile.Quoted(name)}: {{ traits: {List(said.Traits)}, by: {Word(said.By)}{(said.Order.Count > 0 ? $", order: {List(said.Order)}" : "")} }}\n");
    }

    /// <summary>Says of each order of importance which sources in it there are none of.</summary>
    public static void CheckSources(MergeConfig config, IReadOnlyCollection<string> sources, List<string> faults)
    {
        var orders = config.Traits.Select(t => ($"merge.traits.{t.Key}.order", t.Value.Order)).Concat(config.Groups.Select(g => ($"merge.groups.{g.Key}.order", g.Value.Order))).Prepend(("merge.order", config.Order));
        foreach (var (at, order) in orders)
            foreach (var name in order.Where(name => !sources.Contains(name)))
                faults.Add($"{at} names '{name}', and there is no such source: {(sources.Count == 0 ? "there is none yet, so add it first." : $"name one of {string.Join(", ", sources.Order(StringComparer.Ordinal))}.")}");
    }

    private static Dictionary<string, MergeTrait> Traits(JsonElement value, MergeWay way, List<string> faults)
    {
        var traits = new Dictionary<string, MergeTrait>(StringComparer.Ordinal);
        foreach (var (name, said) in MatchConfigFile.Members(value, "merge.traits", faults))
        {
            var at = $"merge.traits.{name}";
            if (said.ValueKind is JsonValueKind.String)
            {
                traits[name] = new(Way(said, at, Enum.GetValues<MergeWay>(), faults), [], null);
                continue;
            }
            var parts = MatchConfigFile.Members(said, at, faults, "by", "order", "as");
            if (parts.TryGetValue("as", out var other))
            {
                if (parts.Count > 1) faults.Add($"{at} says 'as' and more: a trait that is shown under another name goes by what is said of that one.");
                if (other.ValueKind is not JsonValueKind.String) faults.Add($"{at}.as must be the name that it is shown under.");
                else traits[name] = new(MergeWay.MostRecent, [], other.GetString());
                continue;
            }
            traits[name] = new(parts.TryGetValue("by", out var by) ? Way(by, at + ".by", Enum.GetValues<MergeWay>(), faults) : way, parts.TryGetValue("order", out var order) ? Names(order, at + ".order", faults) : [], null);
        }
        return traits;
    }

    private static Dictionary<string, MergeGroup> Groups(JsonElement value, List<string> faults)
    {
        var groups = new Dictionary<string, MergeGroup>(StringComparer.Ordinal);
        foreach (var (name, said) in MatchConfigFile.Members(value, "merge.groups", faults))
        {
            var at = $"merge.groups.{name}";
            var parts = MatchConfigFile.Members(said, at, faults, "traits", "by", "order");
            groups[name] = new(parts.TryGetValue("traits", out var traits) ? Names(traits, at + ".traits", faults) : [],
                parts.TryGetValue("by", out var by) ? Way(by, at + ".by", OfGroups, faults) : MergeWay.MostRecent, parts.TryGetValue("order", out var order) ? Names(order, at + ".order", faults) : []);
        }
        return groups;
    }

    private static void Check(MergeConfig config, List<string> faults)
    {
        foreach (var name in config.Traits.Keys.Concat(config.Traits.Values.Select(t => t.As).OfType<string>()).Concat(config.Groups.SelectMany(g => g.Value.Traits)).Distinct(StringComparer.Ordinal))
        {
            if (name.Length == 0 || name == MergePolicy.Others || name.Contains('.', StringComparison.Ordinal))
                faults.Add($"merge names the trait '{name}': name a trait by the first word of its path. A trait with fields, such as address, is one value and never mixes sources.");
        }
        foreach (var (name, said) in config.Traits)
        {
            if (said.As is { } other && (other == name || config.Traits.GetValueOrDefault(other) is { } target && (target.As is not null || target.By is MergeWay.Exclude)))
                faults.Add($"merge.traits.{name} is shown as '{other}', which is itself renamed or excluded: name one that is shown.");
            if (said.By is MergeWay.Importance && said.Order.Count == 0 && config.Order.Count == 0) faults.Add($"merge.traits.{name} goes by importance, and no order of sources is given: write merge.order, such as order: [crm, webshop].");
        }
        foreach (var (name, said) in config.Groups)
        {
            if (said.Traits.Count < 2) faults.Add($"merge.groups.{name}.traits names {said.Traits.Count}: a group has two or more.");
            if (said.By is MergeWay.Importance && said.Order.Count == 0 && config.Order.Count == 0) faults.Add($"merge.groups.{name} goes by importance, and no order of sources is given: write merge.order, such as order: [crm, webshop].");
            foreach (var trait in said.Traits.Where(config.Traits.ContainsKey)) faults.Add($"'{trait}' is in the group {name} and in merge.traits: say it once.");
        }
        foreach (var twice in config.Groups.SelectMany(g => g.Value.Traits).GroupBy(t => t, StringComparer.Ordinal).Where(g => g.Count() > 1)) faults.Add($"'{twice.Key}' stands twice in merge.groups: a trait is in one group, once.");
        if (config.Default is MergeWay.Importance && config.Order.Count == 0) faults.Add("merge.default is importance, and no order of sources is given: write merge.order, such as order: [crm, webshop].");
    }

    private static MergeWay Way(JsonElement value, string at, MergeWay[] of, List<string> faults)
    {
        foreach (var way in of) if (value.ValueKind is JsonValueKind.String && value.ValueEquals(Word(way))) return way;
        faults.Add($"{at} is '{value}': it is one of {string.Join(", ", of.Select(Word))}.");
        return MergeWay.MostRecent;
    }

    private static List<string> Names(JsonElement value, string at, List<string> faults)
    {
        List<string> names = value.ValueKind is JsonValueKind.Array ? [.. value.EnumerateArray().Where(v => v.ValueKind is JsonValueKind.String).Select(v => v.GetString()!)] : [];
        if (value.ValueKind is not JsonValueKind.Array || names.Count != value.GetArrayLength()) faults.Add($"{at} must be a list of names, such as [crm, webshop].");
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Count) faults.Add($"{at} names one twice.");
        return names;
    }

    private static string List(IEnumerable<string> names) => $"[{string.Join(", ", names.Select(MatchConfigFile.Quoted))}]";
}
