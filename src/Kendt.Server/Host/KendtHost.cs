using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Kendt.Collect;
using Kendt.Model;
using Kendt.Server.Api;
using Kendt.Server.Api.Tracking;
using Kendt.Server.Security;
using Kendt.Store;
using Kendt.Studio;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OpenTelemetry.Metrics;
using Scalar.AspNetCore;

namespace Kendt.Server.Host;

/// <summary>What the host is for: a server that people use, or one command that needs the workspace for a moment.</summary>
public enum HostKind { Server, Command }

/// <summary>The same for those who are made by the container.</summary>
internal sealed record HostPurpose(HostKind Kind);

/// <summary>Builds and starts the one program: stores, rooms, pipeline, jobs, API and Studio.</summary>
public static class KendtHost
{
    /// <summary>Listens when this returns. Takes the lock over and releases it at the end.</summary>
    /// <exception cref="CannotException">The port is in use, a store cannot be opened ...</exception>
    public static async Task<RunningHost> StartAsync(KendtOptions options, WorkspaceLock held, HostKind kind, CancellationToken cancel)
    {
        Stores? stores = null;
        IntakeLog? log = null;
        try
        {
            Disk.Need(options.Folder, DiskGuard.Reserve + (16L << 20));
            stores = await Stores.OpenAsync(options.Store, TimeProvider.System, cancel);
            var disk = new DiskGuard(options, TimeProvider.System);
            var damage = new DamageReport();
            log = await IntakeLog.OpenAsync(stores, new IntakeOptions { Accepts = () => !disk.IsLow, Damaged = damage.Add }, cancel);
            var server = new RunningServer(Environment.ProcessId, new Uri($"http://{options.Address}:{options.Port}"), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
            var app = Build(options, kind, (stores, log, disk), server.Key);
            damage.Begin(app.Logger);
            try
            {
                await app.StartAsync(cancel);
            }
            catch (IOException fault) when (fault.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException or SocketException)
            {
                await app.DisposeAsync();
                throw new CannotException($"Port {options.Port} is in use by another program. Choose another with --port N.", fault);
            }
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            server = server with { Address = new Uri(address.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)) };
            held.Announce(server);
            return new RunningHost(app, server, stores, log, held);
        }
        catch
        {
            if (log is not null) await log.DisposeAsync();
            if (stores is not null) await stores.DisposeAsync();
            held.Dispose();
            throw;
        }
    }

    private static WebApplication Build(KendtOptions options, HostKind kind, (Stores Stores, IntakeLog Log, DiskGuard Disk) opened, string key)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = "kendt", EnvironmentName = Environments.Production });
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4L << 30; // uploads of files; the doors of the tracking API have their own, far lower bound
            kestrel.Listen(IPAddress.Parse(options.Address), options.Port);
        });
        Logs(builder, kind);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(12));
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(new HostPurpose(kind)).AddSingleton(options).AddSingleton(opened.Stores).AddSingleton(opened.Log).AddSingleton(opened.Disk);
        builder.Services.AddKendtStudio();
        builder.Services.AddRooms().AddTracking().AddProblemDetails().AddExceptionHandler<Problems>().AddOpenApi("v1").AddKendtSecurity(key);
        builder.Services.AddDataProtection().SetApplicationName("kendt").PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(options.Folder, "keys")));
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(Telemetry.Name).AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddPrometheusExporter());

        var app = builder.Build();
        app.UseExceptionHandler("/error");
        app.UseTracking();
        app.UseRouting(); // said here, or it comes before all else
        app.UseKendtStudio();
        app.UseCors();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.UseAntiforgery();
        app
            .MapHealth()
            .MapTracking()
            .MapProfiles()
            .MapSpaces()
            .MapMeasures()
            .MapWorkspace()
            .MapSources()
            .MapStream()
            .MapDeadLetters()
            .MapPlans()
            .MapIdentity()
            .MapMatching()
            .MapWebhooks()
            .MapTables()
            .MapImports()
            .MapPickups()
            .MapSegments()
            .MapInsight()
            .MapActivation()
            .MapSubscriptions()
            .MapExports()
            .MapQuestions()
            .MapSignIn();
        app.MapStaticAssets();
        app.MapRazorComponents<Studio.App>().AddInteractiveServerRenderMode();
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapScalarApiReference("/docs/api", scalar => scalar.WithTitle("Kendt API").DisableDefaultFonts());
        return app;
    }

    private static void Logs(WebApplicationBuilder builder, HostKind kind)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning).SetMinimumLevel(kind is HostKind.Server ? LogLevel.Information : LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None); // an activity and a scope for each call, which nobody reads
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error); // its keys lie in the workspace's own folder
        builder.Logging.AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.Critical); // Problems writes its own line
        if (Environment.GetEnvironmentVariable("KENDT_LOG") == "json") builder.Logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        else builder.Logging.AddSimpleConsole(console => { console.SingleLine = true; console.UseUtcTimestamp = true; console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ "; });
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}

/// <summary>A started Kendt.</summary>
public sealed class RunningHost(WebApplication app, RunningServer server, Stores stores, IntakeLog log, WorkspaceLock held) : IAsyncDisposable
{
    public RunningServer Server => server;

    public IServiceProvider Services => app.Services;

    /// <summary>An address that signs the workspace's owner in, once.</summary>
    public async Task<string> SignInLinkAsync(CancellationToken cancel) => await Services.GetRequiredService<OwnerLink>().CreateAsync(server.Address, cancel);

    /// <summary>Until the process is asked to end.</summary>
    public Task WaitForStopAsync(CancellationToken cancel) => app.WaitForShutdownAsync(cancel);

    /// <summary>Stops in order: no new calls, the pipeline ends its batch, the log its commit, then the stores close.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        await log.DisposeAsync();
        await stores.Warehouse.RestAsync(CancellationToken.None);
        await stores.DisposeAsync();
        held.Dispose();
    }
}
