using Kendt.Model;
using YamlDotNet.RepresentationModel;

namespace Kendt.Collect;

/// <summary>How a source's webhooks are checked and what is made of them. Made by <see cref="Parse"/>; its format is in this folder's README.</summary>
public sealed record WebhookSetup
{
    private const string What = "webhook file";

    public required string Source { get; init; }
    public Party Party { get; init; }
    /// <summary>Null: the sender shows the source's write key instead.</summary>
    public WebhookSignature? Signature { get; init; }
    /// <summary>Makes messages and rows of what came.</summary>
    public required WebhookTemplate Template { get; init; }
    /// <summary>Reads the rows that the template makes; null if it makes none.</summary>
    public Mapping? Mapping { get; init; }
    /// <summary>The text that it was made from.</summary>
    public required string Yaml { get; init; }

    /// <exception cref="BadInputException">It has faults; the message lists all of them, with line and column.</exception>
    public static WebhookSetup Parse(string yaml)
    {
        var read = new YamlReader();
        var root = YamlReader.Root(yaml, What);
        var members = read.Members(root, "source", "party", "signature", "template", "mapping");
        foreach (var name in new[] { "source", "template" })
        {
            if (!members.ContainsKey(name)) read.Fault(root, $"{name} is missing.");
        }
        var source = read.Text(members.GetValueOrDefault("source")) ?? "";
        if (source.Length > 0 && !Sources.IsName(source)) read.Fault(members["source"], $"source is in kebab case (web-shop); '{source}' is not.");
        var setup = new WebhookSetup
        {
            Source = source,
            Party = read.Choice<Party>(members.GetValueOrDefault("party")) ?? Party.First,
            Signature = members.TryGetValue("signature", out var signature) ? WebhookSignature.Read(read, signature) : null,
            Template = TemplateOf(read, members.GetValueOrDefault("template")),
            Mapping = members.TryGetValue("mapping", out var mapping) ? MappingOf(read, mapping, source) : null,
            Yaml = yaml,
        };
        read.ThrowIfAny(What);
        return setup;
    }

    private static WebhookTemplate TemplateOf(YamlReader read, YamlNode? node)
    {
        try
        {
            return WebhookTemplate.Parse(read.Text(node) ?? "");
        }
        catch (BadInputException fault)
        {
            read.Fault(node!, fault.Message);
            return WebhookTemplate.Parse("");
        }
    }

    private static Mapping? MappingOf(YamlReader read, YamlNode node, string source)
    {
        try
        {
            var mapping = MappingFile.Parse((read.Text(node) ?? "").TrimEnd() + "\n");
            if (mapping.Source != source) read.Fault(node, $"the mapping is for the source '{mapping.Source}', the webhook's is '{source}'.");
            if (mapping.Rows == RowsAre.Devices) read.Fault(node, "rows of a webhook are records or events.");
            return mapping;
        }
        catch (BadInputException fault)
        {
            read.Fault(node, fault.Message);
            return null;
        }
    }
}
