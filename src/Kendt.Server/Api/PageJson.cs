using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Kendt.Govern;
using Kendt.Profiles;

namespace Kendt.Server.Api;

/// <summary>A customer's page as JSON, without what is denied to the reader.</summary>
internal static class PageJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All), SkipValidation = true };

    /// <param name="asOf">The moment of the past that the page is of; null for now.</param>
    public static ReadOnlyMemory<byte> Write(ProfilePage page, DateTimeOffset? asOf, Denied denied)
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(bytes, Options)) Write(json, page, asOf, denied);
        return bytes.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, ProfilePage page, DateTimeOffset? asOf, Denied denied)
    {
        var (all, profile) = (page.Profile, WholeProfile.Seen(page.Profile, denied));
        json.WriteStartObject();
        json.WriteString("id", profile.Id.Value);
        json.WriteString("kind", Word(profile.Kind));
        json.WriteString("name", profile.DisplayName());
        json.WriteString("createdAt", profile.CreatedAt);
        if (asOf is { } moment) json.WriteString("asOf", moment);
        else json.WriteNull("asOf");
        json.WriteStartObject("traits");
        foreach (var (name, words) in profile.Traits)
        {
            if (words[0].Value.ValueKind is JsonValueKind.Null) continue;
            json.WritePropertyName(name);
            words[0].Value.WriteTo(json);
        }
        json.WriteEndObject();
        json.WriteStartObject("provenance");
        foreach (var (name, words) in profile.Traits)
        {
            json.WriteStartArray(name);
            foreach (var word in words)
            {
                json.WriteStartObject();
                json.WritePropertyName("value");
                word.Value.WriteTo(json);
                Said(json, word.Source, word.At, word.Evidence);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
        Each(json, "identifiers", profile.Identifiers, i =>
        {
            json.WriteString("type", i.Identifier.Type);
            json.WriteString("value", i.Identifier.Value);
            json.WriteString("source", i.Source);
            json.WriteString("firstSeen", i.FirstSeen);
        });
        Each(json, "links", profile.Links, l =>
        {
            json.WriteString("left", l.Left.ToString());
            json.WriteString("right", l.Right.ToString());
            json.WriteString("rule", l.Rule);
            json.WriteString("evidence", l.Evidence);
            json.WriteString("source", l.Source);
            json.WriteNumber("weight", l.Weight);
            json.WriteString("at", l.At);
            if (l.RevokedAt is { } revoked) json.WriteString("revokedAt", revoked);
            else json.WriteNull("revokedAt");
        });
        Each(json, "mergedIds", profile.Merges, m =>
        {
            json.WriteString("id", m.Loser.Value);
            json.WriteString("at", m.At);
        });
        Each(json, "accounts", page.Ties.Where(t => t.IsAbove), t => Tie(json, t));
        Each(json, "members", page.Ties.Where(t => !t.IsAbove), t => Tie(json, t));
        Each(json, "consents", page.Consents, c =>
        {
            json.WriteString("purpose", c.Purpose);
            json.WriteString("state", c.State.ToString().ToLowerInvariant());
            json.WriteString("at", c.At);
            json.WriteString("source", c.Source);
        });
        json.WriteStartArray("segments");
        foreach (var (segment, _) in page.Segments) json.WriteStringValue(segment);
        json.WriteEndArray();
        json.WriteStartObject("measures");
        foreach (var measure in page.Measures)
        {
            json.WriteStartObject(measure.Measure);
            json.WriteNumber("value", measure.Value);
            json.WriteString("asOf", measure.AsOf);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartArray("masked");
        foreach (var trait in all.Traits.Keys.Except(profile.Traits.Keys)) json.WriteStringValue("trait:" + trait);
        foreach (var type in all.Identifiers.Select(i => i.Identifier.Type).Where(denied.Identifier).Distinct()) json.WriteStringValue("identifier:" + type);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Each<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Tie(Utf8JsonWriter json, AccountTie tie)
    {
        json.WriteString("id", tie.Other.Value);
        json.WriteString("kind", tie.IsCompany ? "account" : "person");
        Said(json, tie.Source, tie.At, tie.Evidence);
    }

    private static void Said(Utf8JsonWriter json, string source, DateTimeOffset at, string evidence)
    {
        json.WriteString("source", source);
        json.WriteString("at", at);
        json.WriteString("evidence", evidence);
    }

    private static string Word(ProfileKind kind) => kind switch { ProfileKind.Person => "person", ProfileKind.Visitor => "visitor", _ => "account" };
}

/// <summary>JSON that is written already.</summary>
internal sealed class WrittenJson(ReadOnlyMemory<byte> json) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        httpContext.Response.ContentLength = json.Length;
        return httpContext.Response.Body.WriteAsync(json, httpContext.RequestAborted).AsTask();
    }
}
