using System.Globalization;
using Kendt.Model;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Kendt.Collect;

/// <summary>Reads YAML nodes and gathers what is wrong with them, each with its line and column.</summary>
internal sealed class YamlReader
{
    private readonly List<(long Line, long Column, string Text)> _faults = [];

    /// <summary>The one mapping that the text is.</summary>
    /// <exception cref="BadInputException">The text is not YAML, or not a mapping.</exception>
    public static YamlMappingNode Root(string yaml, string what)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents.Count > 0 && stream.Documents[0].RootNode is YamlMappingNode root
                ? root
                : throw new BadInputException($"The {what} is empty, or not a list of `name: value`.");
        }
        catch (YamlException fault)
        {
            throw new BadInputException($"The {what} is not YAML: line {fault.Start.Line}, column {fault.Start.Column}: {fault.Message}", fault);
        }
    }

    public void Fault(YamlNode at, string text) => _faults.Add((at.Start.Line, at.Start.Column, text));

    /// <exception cref="BadInputException">There are faults; the message lists them all.</exception>
    public void ThrowIfAny(string what)
    {
        if (_faults.Count == 0) return;
        var lines = _faults.OrderBy(f => f.Line).ThenBy(f => f.Column).Select(f => string.Create(CultureInfo.InvariantCulture, $"  line {f.Line}, column {f.Column}: {f.Text}"));
        throw new BadInputException($"The {what} has {_faults.Count} {(_faults.Count == 1 ? "fault" : "faults")}:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}");
    }

    /// <summary>The members of a mapping by name; members that are not <paramref name="known"/> are faults.</summary>
    public Dictionary<string, YamlNode> Members(YamlNode node, params ReadOnlySpan<string> known)
    {
        var members = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        if (node is not YamlMappingNode mapping)
        {
            Fault(node, "there must be a list of `name: value` here.");
            return members;
        }
        foreach (var (key, value) in mapping.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (known.Length > 0 && !known.Contains(name)) Fault(key, $"'{name}' is not known here; known are {string.Join(", ", known!)}.");
            else members[name] = value;
        }
        return members;
    }

    public string? Text(YamlNode? node)
    {
        if (node is null) return null;
        if (node is YamlScalarNode { Value: { } text } && text.Trim().Length > 0) return text;
        Fault(node, "there must be a text here.");
        return null;
    }

    /// <summary>A text, or a list of texts.</summary>
    public IReadOnlyList<string> Texts(YamlNode? node) => node switch
    {
        null => [],
        YamlSequenceNode list => [.. list.Children.Select(Text).OfType<string>()],
        _ => Text(node) is { } one ? [one] : [],
    };

    public T? Choice<T>(YamlNode? node) where T : struct, Enum
    {
        if (Text(node) is not { } text) return null;
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase)) return value;
        }
        Fault(node!, $"'{text}' is none of {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}.");
        return null;
    }

    public bool True(YamlNode? node)
    {
        if (Text(node) is not { } text) return false;
        if (text is not ("true" or "false")) Fault(node!, $"'{text}' is neither true nor false.");
        return text == "true";
    }
}
