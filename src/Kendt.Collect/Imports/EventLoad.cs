using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>
/// Rows that are events: each, or each run of rows with one key where the mapping has lines, becomes a track message in the
/// intake log, named by event and key, so that a file read twice gives each event once.
/// </summary>
internal sealed class EventLoad : IDisposable
{
    private const int MaxLines = 1024 * 1024;
    private const int MaxKeys = 5_000_000;

    private readonly ITakesEvents _log;
    private readonly Mapping _mapping;
    private readonly RowKeys _keys;
    private readonly EventWriter _writer;
    private readonly HashSet<UInt128> _begun = [];
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private readonly Utf8JsonWriter _json;
    private Head? _open;

    // The first row of an event under way.
    private sealed record Head(string Id, string Name, DateTimeOffset? At);

    public EventLoad(ITakesEvents log, Mapping mapping)
    {
        (_log, _mapping, _keys) = (log, mapping, new(mapping));
        _writer = new(mapping);
        _json = new(_bytes, JsonWords.Writing);
    }

    public async Task RunAsync(ImportRun run, RowFile file, CancellationToken cancel)
    {
        while (file.Read())
        {
            cancel.ThrowIfCancellationRequested();
            if (file.Number <= run.Begin) continue;
            if (_log.IsOverfull) Close(); // nothing but bad rows since it was opened
            if (_open is null) await _log.MakeRoomAsync(run, file.Number - 1, cancel);
            if (file.Fault is { } fault)
            {
                _log.Add(run.Refuse(file, fault));
                continue;
            }
            _writer.Row = file;
            var head = HeadOf(run, file);
            if (head is null) continue;
            if (_open is null || _open.Id != head.Id)
            {
                Close();
                await _log.MakeRoomAsync(run, file.Number - 1, cancel);
                if (!Begin(run, file, head)) continue;
            }
            if (_mapping.HasLines && !_writer.AddLine(MaxLines)) _log.Add(run.Refuse(file, $"The event has more than {MaxLines / 1024} KB of lines."));
            if (_writer.Reasons.Count > 0) _log.Add(run.LeaveOut(file, _writer.TakeReasons()));
            if (!_mapping.HasLines) Close();
        }
        Close();
        await _log.FlushAsync(run, file.Number, cancel);
    }

    public void Dispose()
    {
        _json.Dispose();
        _writer.Dispose();
    }

    private bool Begin(ImportRun run, RowFile file, Head head)
    {
        // Lines of one event that do not lie together would be two events of one name, and one of them lost.
        if (_mapping.HasLines && _begun.Count < MaxKeys && !_begun.Add(BinaryPrimitives.ReadUInt128LittleEndian(MessageTable.DigestOf(_mapping.Source, head.Id))))
        {
            _log.Add(run.Refuse(file, "The rows of this key do not lie together. Sort the file by the key."));
            return false;
        }
        _open = head;
        _writer.Begin(head.Name, head.At);
        return true;
    }

    private void Close()
    {
        if (_open is not { } head) return;
        _log.Add(new Item(_writer.End(), head.Id, 0, null));
        _open = null;
    }

    private Head? HeadOf(ImportRun run, RowFile file)
    {
        var body = _mapping.Key.Count == 0 ? RowBody.Write(file, _bytes, _json).WrittenSpan : default;
        string? fault = null;
        DateTimeOffset? at = null;
        var name = NameOf(file);
        var key = _keys.Of(file, body);
        if (name is null) fault = $"The value of '{_mapping.Event!.Column}' names no event.";
        else if (key is null) fault = _keys.Missing;
        else if (_mapping.Time is { } column)
        {
            if (_writer.Cells.TryTime(file.At(file.Shape.IndexOf(column)), out var time)) at = time;
            else fault = $"'{column}' is no time: when the event happened is not known.";
        }
        if (fault is null) return new(Id(name!, key!), name!, at);
        _log.Add(run.Refuse(file, fault));
        return null;
    }

    private string? NameOf(RowFile file)
    {
        var e = _mapping.Event!;
        if (e.Constant is not null) return e.Constant;
        var said = _writer.Cells.Said(file.At(file.Shape.IndexOf(e.Column!))).Trim().ToString();
        return e.Names.Count == 0 ? said.Length > 0 ? said : null : e.Names.GetValueOrDefault(said);
    }

    // A source may have a sale and a return of one number: the event is part of the name.
    private static string Id(string name, string key) =>
        name.Length + key.Length < Identifier.MaxLength ? $"{name}:{key}" : RowKeys.Digest(Encoding.UTF8.GetBytes($"{name}:{key}"));
}
