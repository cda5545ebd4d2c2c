using System.Globalization;
using System.Text;
using System.Text.Json;
using Kendt.Model;
using Kendt.Unify.Matching;
using Kendt.Unify.Merging;

namespace Kendt.Unify.Batch;

/// <summary>The file that a <see cref="MatchConfig"/> is written as: YAML, read as the JSON tree that it stands for.</summary>
public static class MatchConfigFile
{
    /// <summary>Words for meanings, as they stand in the file.</summary>
    public static IReadOnlyList<string> Meanings { get; } = [.. Enum.GetValues<Meaning>().Where(m => m is not (Meaning.Words or Meaning.Category)).Select(Word)];

    /// <summary>How a meaning is written: <c>givenName</c>.</summary>
    public static string Word(Meaning meaning) => JsonNamingPolicy.CamelCase.ConvertName(meaning.ToString());

    /// <summary>Reads the tree of a file; an empty file is the default.</summary>
    /// <exception cref="BadInputException">All that is wrong with it.</exception>
    public static MatchConfig Read(JsonElement file)
    {
        if (file.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) return MatchConfig.Default;
        var faults = new List<string>();
        var root = Members(file, "the file", faults, "threshold", "learnt", "rules", "sources", "ignore", "aliases", "merge");
        var config = new MatchConfig
        {
            Threshold = root.TryGetValue("threshold", out var threshold) ? Threshold(threshold, faults) : null,
            Learns = Truth(root, "learnt", "the file", faults),
            Rules = root.TryGetValue("rules", out var rules) ? MatchRuleFile.Read(rules, faults) : [],
            Sources = root.TryGetValue("sources", out var sources) ? Sources(sources, faults) : new Dictionary<string, MatchSource>(),
            Ignored = root.TryGetValue("ignore", out var ignored) ? Ignored(ignored, faults) : [],
            Aliases = root.TryGetValue("aliases", out var aliases) ? Aliases(aliases, faults) : new Dictionary<Meaning, IReadOnlyDictionary<string, string>>(),
            Merge = root.TryGetValue("merge", out var merge) ? MergeConfigFile.Read(merge, faults) : MergeConfig.None,
        };
        if (faults.Count == 0 && !config.Learns && config.Rules.Count == 0) faults.Add("learnt is false and there are no rules: nothing would be matched. Give a rule, or let it learn.");
        return faults.Count == 0 ? config : throw Unusable(faults);
    }

    /// <summary>Checks what the file cannot know by itself: that the sources in orders of importance are there.</summary>
    /// <param name="sources">The names of all sources.</param>
    /// <exception cref="BadInputException">All that are not there, with their places.</exception>
    public static void CheckSources(MatchConfig config, IReadOnlyCollection<string> sources)
    {
        var faults = new List<string>();
        MergeConfigFile.CheckSources(config.Merge, sources, faults);
        if (faults.Count > 0) throw Unusable(faults);
    }

    private static BadInputException Unusable(List<string> faults) => new("The matching configuration cannot be used: " + string.Join(" ", faults));

    /// <summary>The file of a configuration.</summary>
    public static string Write(MatchConfig config)
    {
        var text = new StringBuilder("# How customers are matched. What is not said here is found out from the data.\n");
        text.Append(CultureInfo.InvariantCulture, $"threshold: {(config.Threshold is { } bits ? bits.ToString("0.##", CultureInfo.InvariantCulture) : "chosen")}\n");
        if (!config.Learns) text.Append("learnt: false\n");
        MatchRuleFile.Write(config.Rules, text);
        if (config.Ignored.Count > 0) text.Append(CultureInfo.InvariantCulture, $"ignore: [{string.Join(", ", config.Ignored.Select(v => JsonSerializer.Serialize(v)))}]\n");
        if (config.Aliases.Count > 0) text.Append("aliases:\n");
        foreach (var (meaning, words) in config.Aliases.OrderBy(a => a.Key))
            text.Append(CultureInfo.InvariantCulture, $"  {Word(meaning)}: {{ {string.Join(", ", words.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => $"{JsonSerializer.Serialize(w.Key)}: {JsonSerializer.Serialize(w.Value)}"))} }}\n");
        MergeConfigFile.Write(config.Merge, text);
        if (config.Sources.Count == 0) return text.ToString();
        text.Append("sources:\n");
        foreach (var (name, source) in config.Sources.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Quoted(name)}:\n    use: {(source.Use ? "true" : "false")}\n    duplicates: {(source.HasDuplicates ? "true" : "false")}\n");
            if (source.Country is { } country) text.Append(CultureInfo.InvariantCulture, $"    country: {Quoted(country)}\n");
            if (source.Map.Count > 0) text.Append("    map:\n");
            foreach (var (field, meaning) in source.Map.OrderBy(m => m.Key, StringComparer.Ordinal)) text.Append(CultureInfo.InvariantCulture, $"      {Quoted(field)}: {Word(meaning)}\n");
        }
        return text.ToString();
    }

    private static double? Threshold(JsonElement value, List<string> faults)
    {
        if (value.ValueKind is JsonValueKind.Null || value.ValueKind is JsonValueKind.String && value.GetString() == "chosen") return null;
        if (value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var bits) && bits is >= MatchConfig.LeastThreshold and <= MatchConfig.MostThreshold) return bits;
        faults.Add($"threshold is '{value}': write 'chosen', or a number of bits from {MatchConfig.LeastThreshold} to {MatchConfig.MostThreshold}, such as 8.");
        return null;
    }

    private static Dictionary<string, MatchSource> Sources(JsonElement value, List<string> faults)
    {
        var sources = new Dictionary<string, MatchSource>(StringComparer.Ordinal);
        foreach (var (name, said) in Members(value, "sources", faults))
        {
            var at = $"sources.{name}";
            var parts = Members(said, at, faults, "use", "duplicates", "country", "map");
            sources[name] = new()
            {
                Use = Truth(parts, "use", at, faults),
                HasDuplicates = Truth(parts, "duplicates", at, faults),
                Country = parts.TryGetValue("country", out var country) ? Country(country, at, faults) : null,
                Map = parts.TryGetValue("map", out var map) ? Map(map, at + ".map", faults) : new Dictionary<string, Meaning>(),
            };
        }
        return sources;
    }

    private static List<string> Ignored(JsonElement value, List<string> faults)
    {
        if (value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind is JsonValueKind.String or JsonValueKind.Number)) return [.. value.EnumerateArray().Select(v => v.ToString())];
        faults.Add("ignore must be a list of values, such as [unknown, n/a, \"000000\"].");
        return [];
    }

    private static Dictionary<Meaning, IReadOnlyDictionary<string, string>> Aliases(JsonElement value, List<string> faults)
    {
        var aliases = new Dictionary<Meaning, IReadOnlyDictionary<string, string>>();
        foreach (var (name, said) in Members(value, "aliases", faults))
        {
            if (!Meanings.Contains(name, StringComparer.Ordinal) || name == "nothing") faults.Add($"aliases.{name} is no meaning of a field: it is one of {string.Join(", ", Meanings.Where(m => m != "nothing"))}.");
            else if (Members(said, "aliases." + name, faults) is var words && words.Any(w => w.Value.ValueKind is not JsonValueKind.String)) faults.Add($"aliases.{name} must be words and what they stand for, such as {{ bob: robert }}.");
            else aliases[Enum.Parse<Meaning>(name, ignoreCase: true)] = words.ToDictionary(w => w.Key, w => w.Value.GetString()!);
        }
        return aliases;
    }

    private static string? Country(JsonElement value, string at, List<string> faults)
    {
        if (value.ValueKind is JsonValueKind.String && Region.Of(value.GetString()!) is { } code) return code;
        faults.Add($"{at}.country is '{value}': write a country's two letters, such as DK.");
        return null;
    }

    private static Dictionary<string, Meaning> Map(JsonElement value, string at, List<string> faults)
    {
        var map = new Dictionary<string, Meaning>(StringComparer.Ordinal);
        foreach (var (field, said) in Members(value, at, faults))
        {
            if (said.ValueKind is JsonValueKind.String && Meanings.Contains(said.GetString()!, StringComparer.Ordinal)) map[field] = Enum.Parse<Meaning>(said.GetString()!, ignoreCase: true);
            else faults.Add($"{at}.{field} is '{said}': a field means one of {string.Join(", ", Meanings)}.");
        }
        return map;
    }

    internal static bool Truth(Dictionary<string, JsonElement> parts, string name, string at, List<string> faults)
    {
        if (!parts.TryGetValue(name, out var value)) return true;
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) faults.Add(at == "the file" ? $"{name} in {at} is '{value}': write true or false." : $"{at}.{name} is '{value}': write true or false.");
        return value.ValueKind is not JsonValueKind.False;
    }

    internal static Dictionary<string, JsonElement> Members(JsonElement value, string at, List<string> faults, params string[] known)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (value.ValueKind is JsonValueKind.Null) return members;
        if (value.ValueKind is not JsonValueKind.Object)
        {
            faults.Add($"{at} must be a table of names and values.");
            return members;
        }
        foreach (var member in value.EnumerateObject())
        {
            if (known.Length > 0 && !known.Contains(member.Name, StringComparer.Ordinal)) faults.Add($"'{member.Name}' in {at} is not known: it may have {string.Join(", ", known)}.");
            else if (!members.TryAdd(member.Name, member.Value)) faults.Add($"'{member.Name}' stands twice in {at}.");
        }
        return members;
    }

    internal static string Quoted(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') && char.IsAsciiLetter(text[0]) ? text : JsonSerializer.Serialize(text);
}
