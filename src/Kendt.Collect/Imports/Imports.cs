using System.Security.Cryptography;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>
/// Imports of files: delimited text, JSON lines, Excel and Parquet, text packed with gzip or not. An import is begun with
/// <c>StartAsync</c> and run with <see cref="RunAsync"/>, as often as it takes: it goes on where it was cancelled or killed.
/// </summary>
/// <param name="devices">Takes rows that are devices; called with the same rows again after a kill.</param>
public sealed class Imports(Stores stores, Entrance entrance, RecordLog records, Sources sources, TimeProvider time, Func<IReadOnlyList<DeviceRow>, CancellationToken, Task>? devices = null)
{
    /// <summary>Registers an import of a file that stays at <paramref name="spooledPath"/> until it is done.</summary>
    /// <param name="fileName">The file's name as the person knows it.</param>
    /// <param name="mapping">Null for a file of tracking messages.</param>
    /// <param name="sourceName">Null for the mapping's source.</param>
    /// <exception cref="BadInputException">The file cannot be what it should be: the message says what to mend.</exception>
    public Task<ImportStarted> StartAsync(string spooledPath, string fileName, Mapping? mapping, string? sourceName, CancellationToken cancel) =>
        StartAsync(spooledPath, fileName, mapping, sourceName, null, cancel);

    /// <summary>The same for a file that may hold all records of its source.</summary>
    /// <param name="refresh">Null: as the mapping says.</param>
    /// <exception cref="BadInputException">The file cannot be what it should be: the message says what to mend.</exception>
    public async Task<ImportStarted> StartAsync(string spooledPath, string fileName, Mapping? mapping, string? sourceName, Refresh? refresh, CancellationToken cancel)
    {
        if (mapping?.IsFull == true) refresh ??= new();
        if (refresh is not null && mapping?.Rows != RowsAre.Records) throw new BadInputException("Only records can be refreshed in full; what happened does not go away. Leave --full out.");
        if (refresh is { MostGone: < 0 or > 100 }) throw new BadInputException("--max-gone is a part in percent, 0 to 100.");
        long? mostGone = refresh?.MostGone;
        if (mapping is not null && sourceName is not null && mapping.Source != sourceName)
            throw new BadInputException($"The mapping is for the source '{mapping.Source}', not '{sourceName}'. Leave the source out, or change one of the two.");
        var source = await sources.EnsureAsync(
            mapping?.Source ?? sourceName ?? throw new BadInputException("The source is missing: name it, or give a mapping file, which names it."),
            mapping is null ? SourceKind.Stream : SourceKind.File, mapping?.Party, cancel);
        using (var opened = FileOpener.Open(spooledPath, fileName))
        {
            if (mapping is null) opened.MustBeMessages();
            else using (opened.Rows(mapping)) { }
        }
        var (digest, bytes) = await DigestAsync(spooledPath, cancel);
        var name = mapping?.Name ?? "";
        return await stores.Ledger.WriteAsync(async session =>
        {
            if (mapping is not null) await KeptMappings.WriteAsync(session, mapping, time, cancel);
            var same = await session.ListAsync(Sql.Of($"{SelectImport} where source = {source.Name} and digest = {digest} and mapping = {name} order by created_at desc"), Read, cancel);
            if (same.Find(i => i.State != ImportState.Done) is { } begun)
            {
                await session.ExecuteAsync(Sql.Of($"update import set path = {spooledPath}, file = {fileName}, most_gone = {mostGone} where import_id = {begun.Id.Value}"), cancel);
                return new ImportStarted(begun.Id, true, false);
            }
            var id = ImportId.New(time);
            await session.ExecuteAsync(Sql.Of($"""
                insert into import (import_id, source, file, path, digest, mapping, bytes, rows_taken, rows_known, rows_rejected, rows_gone, most_gone, state, created_at, ended_at)
                values ({id.Value}, {source.Name}, {fileName}, {spooledPath}, {digest}, {name}, {bytes}, {0L}, {0L}, {0L}, {0L}, {mostGone}, {ImportState.Waiting}, {time.GetUtcNow()}, {null as DateTimeOffset?})
                """), cancel);
            return new ImportStarted(id, false, same.Count > 0);
        }, cancel);
    }

    /// <summary>Runs an import to its end, from where an earlier run was.</summary>
    /// <exception cref="BadInputException">There is no such import, or its file is gone or damaged.</exception>
    public async Task<ImportProgress> RunAsync(ImportId id, IProgress<ImportProgress>? progress, CancellationToken cancel)
    {
        var import = await FindAsync(id, cancel) ?? throw new BadInputException($"There is no import {id}.");
        if (import.State == ImportState.Done) return new(import.RowsTaken + import.RowsKnown + import.RowsRejected, import.RowsTaken, import.RowsKnown, import.RowsRejected, 1) { Gone = import.RowsGone };
        var mapping = import.Mapping.Length == 0 ? null : await MappingAsync(import, cancel);
        using var opened = FileOpener.Open(import.Path, import.File);
        var run = new ImportRun(import, mapping, progress, opened.Fraction) { Taken = import.RowsTaken, Known = import.RowsKnown, Rejected = import.RowsRejected };
        await stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"update import set state = {ImportState.Running} where import_id = {id.Value}"), cancel), cancel);
        try
        {
            await LoadAsync(run, opened, cancel);
        }
        catch (InvalidDataException fault)
        {
            throw new BadInputException($"The file '{import.File}' is damaged ({fault.Message}). What came before the damage is kept; give the whole file to go on.", fault);
        }
        finally
        {
            await SaveAsync(run, ImportState.Running);
        }
        await SaveAsync(run, ImportState.Done);
        return run.Progress(run.Taken + run.Known + run.Rejected, 1);
    }

    public Task<Import?> FindAsync(ImportId id, CancellationToken cancel) => stores.Ledger.ReadAsync(
        s => s.FirstAsync(Sql.Of($"{SelectImport} where import_id = {id.Value}"), Read, cancel), cancel);

    /// <summary>Imports that still need their file.</summary>
    public Task<List<Import>> UnfinishedAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(
        s => s.ListAsync(Sql.Of($"{SelectImport} where state <> {ImportState.Done}"), Read, cancel), cancel);

    /// <summary>The newest first.</summary>
    public Task<List<Import>> ListAsync(int take, CancellationToken cancel) => stores.Ledger.ReadAsync(
        s => s.ListAsync(Sql.Of($"{SelectImport} order by created_at desc, import_id desc limit {(long)take}"), Read, cancel), cancel);

    private async Task LoadAsync(ImportRun run, FileOpener opened, CancellationToken cancel)
    {
        var mapping = run.Mapping;
        var engine = mapping?.Rows == RowsAre.Records ? stores.Warehouse : stores.Ledger;
        run.Begin = await engine.ReadAsync(s => Projection.ReadAsync(s, run.Offset, cancel), cancel);
        await CountAsync(run, cancel);
        if (mapping is null)
        {
            using var lines = opened.Lines();
            await new TrackingLoad(new(stores, entrance, time), time).RunAsync(run, lines, cancel);
            return;
        }
        using var rows = opened.Rows(mapping);
        switch (mapping.Rows)
        {
            case RowsAre.Records:
                await new RecordLoad(stores, records).RunAsync(run, rows, cancel);
                if (run.Import.MostGone is not null) await new FullRefresh(stores, records).RunAsync(run, opened, cancel);
                break;
            case RowsAre.Events:
                using (var events = new EventLoad(new LogLoad(stores, entrance, time), mapping)) await events.RunAsync(run, rows, cancel);
                break;
            default:
                await new DeviceLoad(stores, devices ?? throw new CannotException("Rows that are devices need the audiences, and none are here.")).RunAsync(run, rows, cancel);
                break;
        }
    }

    // What a killed run did is counted where it is; what it had in hand is read again.
    private async Task CountAsync(ImportRun run, CancellationToken cancel)
    {
        var origin = run.OriginOf("%");
        run.Rejected = await stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from dead_letter where source = {run.Import.Source} and origin like {origin} and reason not like {ImportRun.LeftOut + "%"}"), cancel), cancel);
        if (run.Mapping?.Rows != RowsAre.Records) return;
        run.Taken = await stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from record where import_id = {run.Import.Id.Value} and not gone"), cancel), cancel);
        run.Known = run.Begin - run.Taken - run.Rejected;
    }

    private Task<int> SaveAsync(ImportRun run, ImportState state) => stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"""
        update import set rows_taken = {run.Taken}, rows_known = {run.Known}, rows_rejected = {run.Rejected}, rows_gone = {run.Gone}, state = {state},
            ended_at = {(state == ImportState.Done ? time.GetUtcNow() : (DateTimeOffset?)null)} where import_id = {run.Import.Id.Value}
        """), CancellationToken.None), CancellationToken.None);

    private async Task<Mapping> MappingAsync(Import import, CancellationToken cancel) => MappingFile.Parse(await stores.Ledger.ReadAsync(
        s => s.FirstAsync(Sql.Of($"select yaml from mapping where source = {import.Source} and name = {import.Mapping}"), row => row.Text(0), cancel), cancel)
        ?? throw new BadInputException($"The mapping of import {import.Id} is gone. Import the file again with its mapping file."));

    private static async Task<(string Digest, long Bytes)> DigestAsync(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        return (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel)), file.Length);
    }

    private static Sql SelectImport => Sql.Of($"""
        select import_id, source, file, path, digest, mapping, bytes, rows_taken, rows_known, rows_rejected, state, created_at, ended_at, most_gone, rows_gone from import
        """);

    private static Import Read(Row row) => new(
        new(row.Guid(0)), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Long(6), row.Long(7), row.Long(8), row.Long(9),
        Enum.Parse<ImportState>(row.Text(10), ignoreCase: true), row.Time(11), row.TimeOrNull(12), row.IsNull(13) ? null : row.Long(13), row.Long(14));
}
