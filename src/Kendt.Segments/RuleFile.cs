using System.Text;
using System.Text.Json;
using Kendt.Model;
using Kendt.Model.Filters;

namespace Kendt.Segments;

/// <summary>A rule with the name that an answer gives back.</summary>
public sealed record NamedRule(string Name, Filter Rule);

/// <summary>Rules as people write them: JSON or YAML, which is the same tree.</summary>
public static class RuleFile
{
    /// <summary>Reads a rule from a file.</summary>
    /// <exception cref="BadInputException">The file cannot be read, or holds no rule; the message says where and why.</exception>
    public static async Task<Filter> ReadAsync(string path, CancellationToken cancel)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > FilterJson.MaxBytes }) throw new BadInputException($"The file '{Path.GetFileName(path)}' is larger than {FilterJson.MaxBytes >> 20} MB.");
            return Parse(await File.ReadAllTextAsync(path, cancel));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException($"The file '{Path.GetFileName(path)}' cannot be read ({fault.Message}).", fault);
        }
    }

    /// <summary>Reads a rule from text: JSON if it begins as JSON does, else YAML.</summary>
    /// <exception cref="BadInputException">It is no rule; the message says where and why.</exception>
    public static Filter Parse(string text)
    {
        if (text.Length > FilterJson.MaxBytes) throw new BadInputException($"The rule is larger than {FilterJson.MaxBytes >> 20} MB.");
        return LooksLikeYaml(text) ? FilterJson.Parse(YamlTree.ToJson(text)) : FilterJson.Parse(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The tree that a text is, JSON or YAML, whatever it is about.</summary>
    /// <exception cref="BadInputException">It is neither.</exception>
    public static JsonElement Tree(string text)
    {
        if (text.Length > FilterJson.MaxBytes) throw new BadInputException($"The text is larger than {FilterJson.MaxBytes >> 20} MB.");
        if (string.IsNullOrWhiteSpace(text)) throw new BadInputException("Nothing was given.");
        try
        {
            using var document = JsonDocument.Parse(LooksLikeYaml(text) ? YamlTree.ToJson(text) : Encoding.UTF8.GetBytes(text));
            return document.RootElement.Clone();
        }
        catch (JsonException fault)
        {
            throw new BadInputException($"This cannot be read as JSON: {fault.Message}", fault);
        }
    }

    /// <summary>Reads <c>{"name": ..., "rule": {...}}</c>, one line of a file of many.</summary>
    /// <exception cref="BadInputException">It is none; the message says where and why.</exception>
    public static NamedRule ParseNamed(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 4 * FilterJson.MaxDepth });
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty("name", out var name) || name.ValueKind is not JsonValueKind.String || !root.TryGetProperty("rule", out var rule))
                throw new BadInputException("A line of a file of rules is written {\"name\": \"gold\", \"rule\": {\"trait\": \"plan\", \"is\": \"gold\"}}.");
            foreach (var property in root.EnumerateObject())
                if (property.Name is not ("name" or "rule")) throw new BadInputException($"unknown key '{property.Name}'; a line of a file of rules has name and rule.");
            try
            {
                return new(name.GetString()!, FilterJson.Parse(rule));
            }
            catch (BadInputException fault)
            {
                throw new BadInputException($"In '{name.GetString()}': {fault.Message}", fault);
            }
        }
        catch (JsonException fault)
        {
            throw new BadInputException($"A line of the file of rules cannot be read as JSON: {fault.Message}", fault);
        }
    }

    private static bool LooksLikeYaml(string text)
    {
        var start = text.AsSpan().TrimStart('\uFEFF').TrimStart();
        return start.Length > 0 && !(start[0] is '{' or '[' or '"' || char.IsAsciiDigit(start[0])) && start is not ("true" or "false" or "null");
    }
}
