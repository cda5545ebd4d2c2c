using System.Globalization;
using System.Text;
using System.Text.Json;
using Fluid;
using Fluid.Values;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>
/// A Liquid template that makes JSON of what a webhook brought. It has no files, no network and no clock, and is bounded in
/// steps, depth and size: what somebody sends cannot keep the machine busy.
/// </summary>
public sealed class WebhookTemplate
{
    /// <summary>The most that a template may write, or hold in one variable, characters.</summary>
    public const int MostText = 1024 * 1024;

    private const int MostSteps = 100_000, Deepest = 30;

    private static readonly FluidParser Parser = new(new FluidParserOptions { AllowFunctions = false, AllowParentheses = true });
    private static readonly TemplateOptions Options = Make();

    private readonly IFluidTemplate _template;

    private WebhookTemplate(IFluidTemplate template) => _template = template;

    /// <exception cref="BadInputException">It is no Liquid.</exception>
    public static WebhookTemplate Parse(string text) =>
        Parser.TryParse(text, out var template, out var fault) ? new(template) : throw new BadInputException($"the template is no Liquid: {fault}");

    /// <summary>What the template makes of the members of <paramref name="came"/>, as text.</summary>
    /// <exception cref="BadInputException">It failed, or went beyond its bounds.</exception>
    internal async Task<string> RenderAsync(JsonElement came)
    {
        var context = new TemplateContext(Options);
        foreach (var (name, value) in JsonWords.Members(came)) context.SetValue(name, Value(value));
        using var text = new BoundedText();
        try
        {
            await _template.RenderAsync(text, NullEncoder.Default, context);
        }
        catch (TooMuchException fault)
        {
            throw new BadInputException($"The template makes more than {MostText / 1024:N0} thousand characters.", fault);
        }
        catch (Exception fault) when (fault is InvalidOperationException or FluidException)
        {
            throw new BadInputException($"The template failed: {fault.Message}", fault);
        }
        catch (Exception fault) when (fault is IOException or ArgumentException or FormatException or ArithmeticException or InvalidCastException or NotSupportedException)
        {
            // Its words may quote a value, which may be personal.
            throw new BadInputException($"The template failed ({fault.GetType().Name}): it asks for a file, which it has none of, or for something that a value is not.", fault);
        }
        return text.ToString();
    }

    private static TemplateOptions Make()
    {
        var options = new TemplateOptions { MaxSteps = MostSteps, MaxRecursion = Deepest, StrictFilters = true, CultureInfo = CultureInfo.InvariantCulture, TimeZone = TimeZoneInfo.Utc };
        options.Filters.AddFilter("json", (value, _, _) => new StringValue(Json(value)));
        options.Filters.AddFilter("parse_json", (value, _, _) => ParseJson(value.ToStringValue()));
        foreach (var (name, filter) in options.Filters.ToList()) options.Filters.AddFilter(name, async (value, arguments, context) => Bounded(await filter(value, arguments, context)));
        options.Assigned = (_, value, _) => new(Bounded(value));
        options.Captured = (_, value, _) => new(Bounded(value));
        return options;
    }

    private static FluidValue Bounded(FluidValue value) => value.Type == FluidValues.String && value.ToStringValue().Length > MostText ? throw new TooMuchException() : value;

    private static FluidValue ParseJson(string text)
    {
        try
        {
            return Value(JsonElement.Parse(text));
        }
        catch (JsonException fault)
        {
            throw new InvalidOperationException("parse_json was given text that is no JSON.", fault);
        }
    }

    private static FluidValue Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new DictionaryValue(new Members(JsonWords.Members(value).ToDictionary(m => m.Key, m => Value(m.Value), StringComparer.Ordinal))),
        JsonValueKind.Array => new ArrayValue([.. value.EnumerateArray().Select(Value)]),
        JsonValueKind.String => new StringValue(value.GetString()!),
        JsonValueKind.Number => value.TryGetDecimal(out var number) ? NumberValue.Create(number) : new StringValue(value.GetRawText()),
        JsonValueKind.True => BooleanValue.True,
        JsonValueKind.False => BooleanValue.False,
        _ => NilValue.Instance,
    };

    private static string Json(FluidValue value)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(bytes, JsonWords.Writing)) Write(writer, value, 0);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, FluidValue value, int depth)
    {
        switch (value)
        {
            case var _ when depth > 64: throw new InvalidOperationException("json was given something nested deeper than 64 levels.");
            case DictionaryValue { } dictionary when dictionary.ToObjectValue() is IFluidIndexable members:
                writer.WriteStartObject();
                foreach (var name in members.Keys)
                {
                    writer.WritePropertyName(name);
                    Write(writer, members.TryGetValue(name, out var member) ? member : NilValue.Instance, depth + 1);
                }
                writer.WriteEndObject();
                break;
            case ArrayValue list:
                writer.WriteStartArray();
                foreach (var item in list.Values) Write(writer, item, depth + 1);
                writer.WriteEndArray();
                break;
            case NumberValue number: writer.WriteNumberValue(number.ToNumberValue()); break;
            case BooleanValue truth: writer.WriteBooleanValue(truth.ToBooleanValue()); break;
            case { Type: FluidValues.Nil or FluidValues.Empty or FluidValues.Blank }: writer.WriteNullValue(); break;
            default: writer.WriteStringValue(value.ToStringValue()); break;
        }
    }

    private sealed class Members(Dictionary<string, FluidValue> members) : IFluidIndexable
    {
        public int Count => members.Count;

        public IEnumerable<string> Keys => members.Keys;

        public bool TryGetValue(string name, out FluidValue value) => members.TryGetValue(name, out value!);
    }

    private sealed class TooMuchException() : InvalidOperationException("The template makes too much.");

    private sealed class BoundedText : StringWriter
    {
        public BoundedText() : base(CultureInfo.InvariantCulture) { }

        public override void Write(char value)
        {
            Need(1);
            base.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            Need(count);
            base.Write(buffer, index, count);
        }

        public override void Write(ReadOnlySpan<char> buffer)
        {
            Need(buffer.Length);
            base.Write(buffer);
        }

        public override void Write(string? value)
        {
            Need(value?.Length ?? 0);
            base.Write(value);
        }

        private void Need(int more)
        {
            if (GetStringBuilder().Length + more > MostText) throw new TooMuchException();
        }
    }
}
