using System.Text;
using System.Text.Json;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>What an id in a message is good for.</summary>
internal enum IdState : byte { Absent, Usable, TooLong, Odd }

/// <summary>One object of a call as one pass over its bytes sees it: where it lies, and the fields that decide whether it is taken.</summary>
internal struct ScannedItem
{
    public int Index, Start, End;
    public bool IsObject, HasType, HasEvent, TooDeep, MessageIdIsOdd, HasBatch, KeyIsTwice;
    public MessageType? Type;
    public IdState UserId, AnonymousId, GroupId, PreviousId;
    public string? MessageId, WriteKey;
    public DateTimeOffset? SentAt;
    public Span Context, Integrations, WriteKeyAt;

    /// <summary>A stretch of the body.</summary>
    public readonly record struct Span(int Start, int End, bool IsObject)
    {
        public bool IsThere => End > 0;
    }

    public readonly int Length => End - Start;

    /// <summary>Takes one member; the reader stands on its value, and is left on the value's last token.</summary>
    /// <returns>False for a member that is not of interest; the reader is where it was.</returns>
    public bool Take(Field field, ref Utf8JsonReader reader, int depth)
    {
        switch (field)
        {
            case Field.Type:
                HasType = reader.TokenType != JsonTokenType.Null;
                Type = reader.TokenType == JsonTokenType.String ? TypeOf(ref reader) : null;
                return false;
            case Field.Event:
                HasEvent = reader.TokenType == JsonTokenType.String && !string.IsNullOrWhiteSpace(JsonWords.Text(ref reader));
                return false;
            case Field.UserId: UserId = StateOf(ref reader); return false;
            case Field.AnonymousId: AnonymousId = StateOf(ref reader); return false;
            case Field.GroupId: GroupId = StateOf(ref reader); return false;
            case Field.PreviousId: PreviousId = StateOf(ref reader); return false;
            case Field.MessageId:
                MessageIdIsOdd = reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number or JsonTokenType.Null);
                MessageId = MessageIdIsOdd || reader.TokenType == JsonTokenType.Null ? null : JsonWords.Text(ref reader).Trim();
                return false;
            case Field.SentAt:
                SentAt = reader.TokenType is JsonTokenType.String or JsonTokenType.Number && MessageTime.TryParse(JsonWords.Text(ref reader), out var sent) ? sent : null;
                return false;
            case Field.WriteKey:
                KeyIsTwice |= WriteKeyAt.IsThere; // one of them would stay in what is kept
                if (reader.TokenType == JsonTokenType.String)
                {
                    WriteKey = JsonWords.Text(ref reader);
                    WriteKeyAt = new((int)reader.TokenStartIndex, (int)reader.BytesConsumed, false);
                }
                return false;
            case Field.Context: Context = Whole(ref reader, depth); return true;
            case Field.Integrations: Integrations = Whole(ref reader, depth); return true;
            default: return false;
        }
    }

    /// <summary>Passes over the value that the reader stands on, noting how deep it goes.</summary>
    public void Pass(ref Utf8JsonReader reader, int depth)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        var from = reader.CurrentDepth;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray && reader.CurrentDepth == from) return;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth - depth >= TrackingCall.MaxDepth) TooDeep = true;
        }
    }

    /// <summary>Why it cannot be taken; null if it can.</summary>
    public readonly string? Fault() => this switch
    {
        { IsObject: false } => "The item is not a JSON object.",
        { Length: > TrackingCall.MaxItem } => $"The item is larger than {TrackingCall.MaxItem / 1024} KB.",
        { TooDeep: true } => $"The item is nested deeper than {TrackingCall.MaxDepth} levels.",
        { KeyIsTwice: true } => "writeKey is given twice.",
        { HasType: false } => "type is missing: identify, track, page, screen, group or alias.",
        { Type: null } => "type is none of identify, track, page, screen, group, alias.",
        { MessageIdIsOdd: true } => "messageId is neither text nor a number.",
        { MessageId.Length: > TrackingCall.MaxId } => $"messageId is longer than {TrackingCall.MaxId} characters.",
        { Type: MessageType.Track, HasEvent: false } => "event is missing: a track names what happened.",
        { Type: MessageType.Group, GroupId: not IdState.Usable } => Say("groupId", GroupId, "a group names the company or household."),
        { Type: MessageType.Alias, PreviousId: not IdState.Usable } => Say("previousId", PreviousId, "an alias names the id that was used before."),
        { Type: MessageType.Alias, UserId: not IdState.Usable } => Say("userId", UserId, "an alias names the id that is used from now on."),
        { UserId: IdState.Usable } or { AnonymousId: IdState.Usable } => null,
        { UserId: IdState.Absent, AnonymousId: IdState.Absent } => "neither userId nor anonymousId is given: a message is about somebody.",
        { UserId: IdState.Absent } => Say("anonymousId", AnonymousId, ""),
        _ => Say("userId", UserId, "and there is no anonymousId that could be used."),
    };

    private static string Say(string field, IdState state, string rule) => (state switch
    {
        IdState.TooLong => $"{field} is longer than {TrackingCall.MaxId} characters; ",
        IdState.Odd => $"{field} is neither text nor a number; ",
        _ => $"{field} is missing: ",
    } + rule).TrimEnd(' ', ';');

    private Span Whole(ref Utf8JsonReader reader, int depth)
    {
        if (reader.TokenType is JsonTokenType.Null) return default;
        var start = (int)reader.TokenStartIndex;
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        Pass(ref reader, depth);
        return new(start, (int)reader.BytesConsumed, isObject);
    }

    private static IdState StateOf(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null: return IdState.Absent;
            case JsonTokenType.Number: return reader.ValueSpan.Length <= TrackingCall.MaxId ? IdState.Usable : IdState.TooLong;
            case not JsonTokenType.String: return IdState.Odd;
        }
        // Nearly every id is short, plain and not blank: then nothing is made of it here.
        if (!reader.ValueIsEscaped && reader.ValueSpan.Length is > 0 and <= TrackingCall.MaxId && reader.ValueSpan[0] > (byte)' ' && Ascii.IsValid(reader.ValueSpan)) return IdState.Usable;
        var text = JsonWords.Text(ref reader).AsSpan().Trim();
        return text.Length switch { 0 => IdState.Absent, > TrackingCall.MaxId => IdState.TooLong, _ => IdState.Usable };
    }

    private static MessageType? TypeOf(ref Utf8JsonReader reader)
    {
        var text = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(JsonWords.Text(ref reader)) : reader.ValueSpan;
        foreach (var (name, type) in Types)
        {
            if (Ascii.EqualsIgnoreCase(text, name)) return type;
        }
        return null;
    }

    private static readonly (byte[] Name, MessageType Type)[] Types =
        [.. Enum.GetValues<MessageType>().Select(type => (Encoding.ASCII.GetBytes(type.ToString()), type))];

    /// <summary>The members that are looked at.</summary>
    public enum Field : byte { None, Type, Event, UserId, AnonymousId, GroupId, PreviousId, MessageId, SentAt, WriteKey, Context, Integrations, Batch }

    /// <summary>Which member the reader stands on the name of.</summary>
    public static Field FieldOf(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> name = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(JsonWords.Text(ref reader)) : reader.ValueSpan;
        return name.Length switch
        {
            4 when name.SequenceEqual("type"u8) => Field.Type,
            5 when name.SequenceEqual("event"u8) => Field.Event,
            5 when name.SequenceEqual("batch"u8) => Field.Batch,
            6 when name.SequenceEqual("userId"u8) => Field.UserId,
            6 when name.SequenceEqual("sentAt"u8) => Field.SentAt,
            7 when name.SequenceEqual("groupId"u8) => Field.GroupId,
            7 when name.SequenceEqual("context"u8) => Field.Context,
            8 when name.SequenceEqual("writeKey"u8) => Field.WriteKey,
            9 when name.SequenceEqual("messageId"u8) => Field.MessageId,
            10 when name.SequenceEqual("previousId"u8) => Field.PreviousId,
            11 when name.SequenceEqual("anonymousId"u8) => Field.AnonymousId,
            12 when name.SequenceEqual("integrations"u8) => Field.Integrations,
            _ => Field.None,
        };
    }
}
