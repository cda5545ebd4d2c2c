using System.Buffers;
using System.Text.Json;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>One pass over the bytes of a call, then one over its items, which by then know what the call says for all of them.</summary>
internal sealed class TrackingReader(ReadOnlyMemory<byte> body, MessageType? pathType, TimeProvider time, DateTimeOffset? headerSentAt)
{
    private const string NoBatch = "The body is neither an object with an array `batch` nor a message with a `type`.";

    private readonly List<ScannedItem> _scanned = [];
    private readonly List<Item> _taken = [];
    private readonly List<Rejected> _refused = [];
    private readonly bool _isText = TrackingCall.IsText(body.Span);
    private ScannedItem _root;
    private int _count;
    private int _surplusStart, _surplusEnd;
    private long _merged;
    private bool _batchIsOdd;

    public TrackingCall Read()
    {
        // The reader walks without recursion, so depth costs it a bit a level; items that go too deep are refused one by one.
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = int.MaxValue, CommentHandling = JsonCommentHandling.Disallow });
        reader.Read();
        _root.Start = (int)reader.TokenStartIndex;
        if (pathType is null && reader.TokenType == JsonTokenType.StartArray)
        {
            _root.HasBatch = true;
            ReadBatch(ref reader);
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadObject(ref reader, ref _root, isRoot: pathType is null);
        }
        else
        {
            _root.Pass(ref reader, 0);
        }
        _root.End = (int)reader.BytesConsumed;
        reader.Read(); // there must be nothing behind it
        Finish();
        return new TrackingCall.Items(_taken, _refused, _root.WriteKey);
    }

    private void ReadObject(ref Utf8JsonReader reader, ref ScannedItem item, bool isRoot)
    {
        item.IsObject = true;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = ScannedItem.FieldOf(ref reader);
            reader.Read();
            if (isRoot && field == ScannedItem.Field.Batch)
            {
                item.HasBatch = true;
                _batchIsOdd |= reader.TokenType != JsonTokenType.StartArray;
                if (reader.TokenType == JsonTokenType.StartArray) ReadBatch(ref reader);
                else item.Pass(ref reader, depth);
            }
            else if (!item.Take(field, ref reader, depth))
            {
                item.Pass(ref reader, depth);
            }
        }
    }

    private void ReadBatch(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var item = new ScannedItem { Index = _count++, Start = (int)reader.TokenStartIndex };
            if (item.Index < TrackingCall.MaxItems && reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader, ref item, isRoot: false);
            else item.Pass(ref reader, reader.CurrentDepth);
            item.End = (int)reader.BytesConsumed;
            if (item.Index < TrackingCall.MaxItems) _scanned.Add(item);
            else if (item.Index < TrackingCall.MaxItems + TrackingCall.MaxSurplus) Refuse(item.Index, $"The call has more than {TrackingCall.MaxItems:N0} items. Send it in smaller batches.", item.Start, item.End);
            else (_surplusStart, _surplusEnd) = (_surplusStart == 0 ? item.Start : _surplusStart, item.End);
        }
    }

    private void Finish()
    {
        if (pathType is { } type)
        {
            (_root.Type, _root.HasType) = (type, true);
            Finish(_root, isRoot: true);
            return;
        }
        if (!_root.HasBatch && _root.HasType) Finish(_root, isRoot: true);
        else if (!_root.HasBatch) Refuse(0, NoBatch, _root.Start, _root.End);
        else if (_batchIsOdd) Refuse(_count, "batch is not an array.", _root.Start, _root.End);
        foreach (var item in _scanned) Finish(item, isRoot: false);
        if (_surplusEnd > 0)
            Refuse(TrackingCall.MaxItems + TrackingCall.MaxSurplus, $"{_count - TrackingCall.MaxItems - TrackingCall.MaxSurplus:N0} more items of a call with more than {TrackingCall.MaxItems:N0}. Send it in smaller batches.", _surplusStart, _surplusEnd);
        _refused.Sort((a, b) => a.Index.CompareTo(b.Index));
    }

    private void Finish(in ScannedItem item, bool isRoot)
    {
        var fault = item.Fault();
        if (fault is null && !_isText && !TrackingCall.IsText(body.Span[item.Start..item.End])) fault = "The item is not UTF-8.";
        var kept = fault is null ? Keep(item, isRoot, out fault) : default;
        if (fault is not null)
        {
            _refused.Add(new(item.Index, fault, Whole(item, isRoot)));
            return;
        }
        var isGiven = string.IsNullOrEmpty(item.MessageId);
        var id = isGiven ? Guid.CreateVersion7(time.GetUtcNow()).ToString("D") : Plain(item.MessageId!);
        _taken.Add(new(kept, id, item.Index, item.SentAt ?? _root.SentAt ?? headerSentAt, isGiven));
    }

    // An item is kept as sent, but for three things: no write key, the path's type, and what the call says for all its items.
    private ReadOnlyMemory<byte> Keep(in ScannedItem item, bool isRoot, out string? fault)
    {
        fault = null;
        var addContext = !isRoot && _root.Context.IsObject && (!item.Context.IsThere || item.Context.IsObject);
        var addIntegrations = !isRoot && _root.Integrations.IsObject && !item.Integrations.IsThere;
        var addType = isRoot && pathType is not null;
        if (!addContext && !addIntegrations && !addType && !item.WriteKeyAt.IsThere) return body[item.Start..item.End];

        var added = (addContext ? _root.Context.End - _root.Context.Start : 0) + (addIntegrations ? _root.Integrations.End - _root.Integrations.Start : 0);
        if (added > TrackingCall.MaxItem) fault = $"The context of the call is larger than {TrackingCall.MaxItem / 1024} KB.";
        else if ((_merged += added) > TrackingCall.MaxMerged) fault = "The context of the call is too large to be repeated for so many items. Send it in smaller batches.";
        else if (added > 0 && !_isText && !(TrackingCall.IsText(Bytes(_root.Context)) && TrackingCall.IsText(Bytes(_root.Integrations)))) fault = "The context of the call is not UTF-8.";
        if (fault is not null) return default;

        var kept = new ArrayBufferWriter<byte>(item.Length + added + 64);
        var replaceContext = addContext && item.Context.IsThere;
        var at = item.Start;
        // The two stretches that are replaced, in the order in which they lie.
        var keyFirst = item.WriteKeyAt.Start < item.Context.Start;
        if (keyFirst) BlankKey(item, kept, ref at);
        if (replaceContext)
        {
            kept.Write(body.Span[at..item.Context.Start]);
            MergeObjects(kept, Bytes(_root.Context), Bytes(item.Context));
            at = item.Context.End;
        }
        if (!keyFirst) BlankKey(item, kept, ref at);
        kept.Write(body.Span[at..(item.End - 1)]);
        if (addContext && !replaceContext) Append(kept, ",\"context\":"u8, Bytes(_root.Context));
        if (addIntegrations) Append(kept, ",\"integrations\":"u8, Bytes(_root.Integrations));
        if (addType) Append(kept, ",\"type\":"u8, TypeText(pathType!.Value)); // of two members with one name the last stands
        kept.Write("}"u8);
        return kept.WrittenMemory;
    }

    // A refused item is kept so that it can be taken once it is mended: with what the path and the call say of it, without the key.
    private ReadOnlyMemory<byte> Whole(in ScannedItem item, bool isRoot) =>
        item.IsObject && Keep(item, isRoot, out var fault) is var kept && fault is null ? kept : body[item.Start..item.End];

    // Where both speak the item wins: it comes last.
    private static void MergeObjects(ArrayBufferWriter<byte> kept, ReadOnlySpan<byte> call, ReadOnlySpan<byte> item)
    {
        var first = call[1..^1].Trim(" \t\r\n"u8);
        var second = item[1..^1].Trim(" \t\r\n"u8);
        kept.Write("{"u8);
        kept.Write(first);
        if (first.Length > 0 && second.Length > 0) kept.Write(","u8);
        kept.Write(second);
        kept.Write("}"u8);
    }

    private void BlankKey(in ScannedItem item, ArrayBufferWriter<byte> kept, ref int at)
    {
        if (!item.WriteKeyAt.IsThere) return;
        Append(kept, body.Span[at..item.WriteKeyAt.Start], "\"\""u8);
        at = item.WriteKeyAt.End;
    }

    private ReadOnlySpan<byte> Bytes(ScannedItem.Span span) => body.Span[span.Start..span.End];

    private void Refuse(int index, string reason, int start, int end) => _refused.Add(new(index, reason, body[start..end]));

    private static void Append(ArrayBufferWriter<byte> kept, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        kept.Write(first);
        kept.Write(second);
    }

    private static ReadOnlySpan<byte> TypeText(MessageType type) => type switch
    {
        MessageType.Track => "\"track\""u8,
        MessageType.Identify => "\"identify\""u8,
        MessageType.Page => "\"page\""u8,
        MessageType.Screen => "\"screen\""u8,
        MessageType.Group => "\"group\""u8,
        _ => "\"alias\""u8,
    };

    // PostgreSQL keeps no NUL in text.
    private static string Plain(string text) => text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;
}
