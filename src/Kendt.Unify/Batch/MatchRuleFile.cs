using System.Globalization;
using System.Text;
using System.Text.Json;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Unify.Batch;

/// <summary>The rules of a matching configuration, as they stand in its file.</summary>
internal static class MatchRuleFile
{
    private const double Alike = 0.9;

    private static readonly Dictionary<string, Likeness> Words = new(StringComparer.Ordinal)
    {
        ["exact"] = Likeness.Exact,
        ["same"] = Likeness.Normalised,
        ["alike"] = Likeness.Fuzzy,
        ["different"] = Likeness.Different,
    };

    public static IReadOnlyList<MatchRule> Read(JsonElement value, List<string> faults)
    {
        if (value.ValueKind is JsonValueKind.Null) return [];
        if (value.ValueKind is not JsonValueKind.Array)
        {
            faults.Add("rules must be a list.");
            return [];
        }
        var rules = new List<MatchRule>();
        foreach (var one in value.EnumerateArray())
        {
            var at = $"rules[{rules.Count}]";
            var parts = MatchConfigFile.Members(one, at, faults, "name", "all", "unless", "within");
            var name = Text(parts, "name", at, faults) ?? "";
            if (name.Length is 0 or > 60) faults.Add($"{at}.name is missing or longer than 60 characters: links that the rule makes carry it.");
            else if (rules.Exists(r => r.Name == name)) faults.Add($"{at}.name is '{name}', as another rule's: give each its own.");
            var all = parts.TryGetValue("all", out var conditions) ? Conditions(conditions, at + ".all", faults) : [];
            if (!parts.ContainsKey("all") || all.Count == 0 && faults.Count == 0) faults.Add($"{at}.all is missing: a rule needs at least one condition, such as {{ field: email }}.");
            rules.Add(new() { Name = name, All = all, Unless = parts.TryGetValue("unless", out var unless) ? Conditions(unless, at + ".unless", faults) : [], Within = Text(parts, "within", at, faults) });
        }
        return rules;
    }

    public static void Write(IReadOnlyList<MatchRule> rules, StringBuilder text)
    {
        if (rules.Count == 0) return;
        text.Append("rules:\n");
        foreach (var rule in rules)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - name: {MatchConfigFile.Quoted(rule.Name)}\n    all: [{string.Join(", ", rule.All.Select(Say))}]\n");
            if (rule.Unless.Count > 0) text.Append(CultureInfo.InvariantCulture, $"    unless: [{string.Join(", ", rule.Unless.Select(Say))}]\n");
            if (rule.Within is { } source) text.Append(CultureInfo.InvariantCulture, $"    within: {MatchConfigFile.Quoted(source)}\n");
        }
    }

    private static string Say(MatchCondition c)
    {
        var least = c.How is Likeness.Fuzzy or Likeness.Different ? string.Create(CultureInfo.InvariantCulture, $", atLeast: {c.AtLeast:0.###}") : "";
        return $"{{ field: {c.Of}, is: {Words.First(w => w.Value == c.How).Key}{least} }}";
    }

    private static List<MatchCondition> Conditions(JsonElement value, string at, List<string> faults)
    {
        var conditions = new List<MatchCondition>();
        if (value.ValueKind is not JsonValueKind.Array)
        {
            faults.Add($"{at} must be a list of conditions, such as [{{ field: email }}].");
            return conditions;
        }
        foreach (var one in value.EnumerateArray())
        {
            var place = $"{at}[{conditions.Count}]";
            var parts = MatchConfigFile.Members(one, place, faults, "field", "is", "atLeast");
            var field = Text(parts, "field", place, faults) ?? "";
            if (!MatchConfigFile.Meanings.Contains(field, StringComparer.Ordinal) || field == "nothing") faults.Add($"{place}.field is '{field}': it is one of {string.Join(", ", MatchConfigFile.Meanings.Where(m => m != "nothing"))}.");
            var word = Text(parts, "is", place, faults) ?? "same";
            if (!Words.TryGetValue(word, out var how)) faults.Add($"{place}.is is '{word}': it is one of {string.Join(", ", Words.Keys)}.");
            var least = Alike;
            if (parts.TryGetValue("atLeast", out var number) && !(number.ValueKind is JsonValueKind.Number && number.TryGetDouble(out least) && least is > 0 and <= 1)) faults.Add($"{place}.atLeast is '{number}': it goes from above 0 to 1.");
            conditions.Add(new(field, how, least));
        }
        return conditions;
    }

    private static string? Text(Dictionary<string, JsonElement> parts, string name, string at, List<string> faults)
    {
        if (!parts.TryGetValue(name, out var value) || value.ValueKind is JsonValueKind.Null) return null;
        if (value.ValueKind is JsonValueKind.String) return value.GetString();
        faults.Add($"{at}.{name} is '{value}': write a text.");
        return null;
    }
}
