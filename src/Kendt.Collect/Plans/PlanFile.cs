using Kendt.Model;
using YamlDotNet.RepresentationModel;

namespace Kendt.Collect;

/// <summary>Tracking plans as files: YAML, or JSON, which is YAML too. Their format is in this folder's README.</summary>
public static class PlanFile
{
    private const string What = "tracking plan";

    private static readonly string[] Others = ["identify", "group", "page", "screen"];

    /// <summary>Reads a plan.</summary>
    /// <exception cref="BadInputException">It has faults; the message lists all of them, with line and column.</exception>
    public static Plan Parse(string yaml)
    {
        var read = new YamlReader();
        var root = YamlReader.Root(yaml, What);
        var members = read.Members(root, ["plan", "sources", "mode", "unplanned", "unknown", "events", "$defs", .. Others]);
        var schemas = new SchemaReader(read);
        schemas.Define(members.GetValueOrDefault("$defs"));
        foreach (var name in new[] { "plan", "sources" })
        {
            if (!members.ContainsKey(name)) read.Fault(root, $"{name} is missing.");
        }
        var plan = new Plan
        {
            Name = Name(read, members.GetValueOrDefault("plan")),
            Sources = read.Texts(members.GetValueOrDefault("sources")),
            Mode = read.Choice<PlanMode>(members.GetValueOrDefault("mode")) ?? PlanMode.Observe,
            Unplanned = read.Choice<Unplanned>(members.GetValueOrDefault("unplanned")) ?? Unplanned.Allow,
            Unknown = read.Choice<Unknown>(members.GetValueOrDefault("unknown")) ?? Unknown.Keep,
            Events = Events(read, schemas, members.GetValueOrDefault("events")),
            Others = Others.Where(members.ContainsKey).ToDictionary(o => o, o => schemas.Read(members[o]), StringComparer.Ordinal),
            Yaml = yaml,
        };
        foreach (var source in plan.Sources.Where(s => !Collect.Sources.IsName(s))) read.Fault(members["sources"], $"'{source}' is no name of a source: small letters, digits and single hyphens.");
        schemas.CheckReferences();
        read.ThrowIfAny(What);
        return plan;
    }

    private static string Name(YamlReader read, YamlNode? node)
    {
        var name = read.Text(node) ?? "";
        if (name.Length > 0 && !Collect.Sources.IsName(name)) read.Fault(node!, $"plan is a name in kebab case (webshop-events); '{name}' is not.");
        return name;
    }

    private static Dictionary<string, Schema> Events(YamlReader read, SchemaReader schemas, YamlNode? node)
    {
        var events = new Dictionary<string, Schema>(StringComparer.Ordinal);
        if (node is null) return events;
        foreach (var (name, schema) in read.Members(node)) events[name.Trim()] = schemas.Read(schema);
        return events;
    }
}
