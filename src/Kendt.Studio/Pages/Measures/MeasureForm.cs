using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kendt.Studio.Pages.Segments;

namespace Kendt.Studio.Pages.Measures;

/// <summary>A measure as the fields of a form: one figure over events, or one such divided by another.</summary>
public sealed class MeasureForm
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    public string Title { get; set; } = "";
    public string Level { get; set; } = "profile";
    public MeasurePart Top { get; private set; } = new();

    /// <summary>What the first is divided by; null for one figure.</summary>
    public MeasurePart? Bottom { get; set; }

    /// <summary>The fields of a text, or null where it says what they cannot.</summary>
    public static MeasureForm? Read(string text)
    {
        try
        {
            if (JsonNode.Parse(text) is not JsonObject { } file || file["measure"] is not JsonObject measure) return null;
            var form = new MeasureForm { Title = (string?)file["title"] ?? "", Level = (string?)file["level"] ?? "profile" };
            if (measure["ratio"] is not JsonObject ratio) return MeasurePart.Read(measure) is { } one ? form.With(one, null) : null;
            return ratio["of"] is JsonObject of && ratio["to"] is JsonObject to && MeasurePart.Read(of) is { } top && MeasurePart.Read(to) is { } bottom ? form.With(top, bottom) : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The measure's file as JSON; what is not complete is said by the preview at its place.</summary>
    public string Write()
    {
        var file = new JsonObject();
        if (Title.Trim().Length > 0) file["title"] = Title.Trim();
        file["level"] = Level;
        file["measure"] = Bottom is null ? Top.Write() : new JsonObject { ["ratio"] = new JsonObject { ["of"] = Top.Write(), ["to"] = Bottom.Write() } };
        return file.ToJsonString(Readable);
    }

    private MeasureForm With(MeasurePart top, MeasurePart? bottom)
    {
        (Top, Bottom) = (top, bottom);
        return this;
    }
}

/// <summary>One figure over events, as fields.</summary>
public sealed class MeasurePart
{
    public const string Always = "always", Within = "within", During = "during", Between = "between";

    /// <summary>The ways to say when.</summary>
    public static IReadOnlyList<string> Windows { get; } = [Always, Within, During, Between];

    /// <summary>What can be computed.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["count", "sum", "average", "min", "max", "distinct", "first", "last", "percentile", "since", "streak", "days", "sessions"];

    public string Event { get; set; } = "";
    public List<RuleNode> Where { get; } = [];
    public string Window { get; set; } = Always;
    public string Span { get; set; } = "90d";
    public string Period { get; set; } = "this month";
    public string From { get; set; } = "";
    public string To { get; set; } = "";
    public string Kind { get; set; } = "count";
    public string Of { get; set; } = "";
    public string At { get; set; } = "90";
    public string Which { get; set; } = "last";
    public string Unit { get; set; } = "day";

    /// <summary>It is computed from a property.</summary>
    public bool NeedsProperty => Kind is "sum" or "average" or "min" or "max" or "distinct" or "first" or "last" or "percentile";

    /// <summary>What <see cref="Which"/> and <see cref="Unit"/> can be.</summary>
    public (IReadOnlyList<string> Which, IReadOnlyList<string> Units) Choices => Kind switch
    {
        "since" => (["last", "first"], ["hour", "day", "week"]),
        "streak" => (["longest", "current"], ["day", "week", "month"]),
        _ => ([], []),
    };

    internal static MeasurePart? Read(JsonObject json)
    {
        var part = new MeasurePart { Event = (string?)json["event"] ?? "" };
        foreach (var (key, value) in json)
        {
            switch (key)
            {
                case "event": break;
                case "where":
                    var rule = RuleNode.Read(new JsonObject { ["event"] = part.Event, ["where"] = value?.DeepClone(), ["count"] = new JsonObject { ["atLeast"] = 1 } }.ToJsonString()).Of[0];
                    if (rule.Kind != RuleNode.Event) return null;
                    part.Where.AddRange(rule.Of);
                    break;
                case "within": (part.Window, part.Span) = (Within, (string?)value ?? ""); break;
                case "during": (part.Window, part.Period) = (During, (string?)value ?? ""); break;
                case "from": (part.Window, part.From) = (Between, (string?)value ?? ""); break;
                case "to": (part.Window, part.To) = (Between, (string?)value ?? ""); break;
                default:
                    if (!Kinds.Contains(key) || value is not JsonObject figure) return null;
                    (part.Kind, part.Of, part.Which, part.Unit) = (key, (string?)figure["of"] ?? "", (string?)figure["which"] ?? "last", (string?)figure["unit"] ?? "day");
                    if (figure["at"] is { } at) part.At = at.ToJsonString();
                    break;
            }
        }
        return part;
    }

    internal JsonObject Write()
    {
        var json = new JsonObject { ["event"] = Event.Trim() };
        if (Where.Count > 0) json["where"] = new JsonArray([.. Where.Select(w => JsonNode.Parse(w.Write()))]);
        if (Window == Within) json["within"] = Span.Trim();
        if (Window == During) json["during"] = Period;
        if (Window == Between && From.Length > 0) json["from"] = From;
        if (Window == Between && To.Length > 0) json["to"] = To;
        var figure = new JsonObject();
        if (NeedsProperty) figure["of"] = Of.Trim();
        if (Kind == "percentile") figure["at"] = double.TryParse(At, NumberStyles.Float, CultureInfo.InvariantCulture, out var at) ? at : At;
        var (which, units) = Choices;
        if (which.Count > 0) figure["which"] = which.Contains(Which) ? Which : which[0];
        if (units.Count > 0) figure["unit"] = units.Contains(Unit) ? Unit : units[0];
        json[Kind] = figure;
        return json;
    }
}
