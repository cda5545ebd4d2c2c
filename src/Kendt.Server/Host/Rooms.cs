using Kendt.Activate;
using Kendt.Audiences;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Server.Jobs;
using Kendt.Server.Security;
using Kendt.Server.StudioData;
using Kendt.Store;
using Kendt.Studio.Data;
using Kendt.Unify;

namespace Kendt.Server.Host;

/// <summary>Puts the rooms into the host's container.</summary>
internal static class Rooms
{
    public static IServiceCollection AddRooms(this IServiceCollection services)
    {
        services.AddSingleton<Sources>();
        services.AddSingleton<Records>();
        services.AddSingleton<RecordLog>();
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<Replay>();
        services.AddSingleton<Imports>();
        services.AddSingleton<Func<IReadOnlyList<DeviceRow>, CancellationToken, Task>>(s => s.GetRequiredService<Devices>().TakeAsync);
        services.AddSingleton<RateLimits>();
        services.AddSingleton<LiveFeed>();
        services.AddSingleton<SourceTraffic>();
        services.AddSingleton<SeenSchema>();
        services.AddHostedService<TurnedAwayWorker>();
        services.AddSingleton(IdentifierRules.Default);
        services.AddSingleton<Stitch>();
        services.AddSingleton<ProfileWriter>();
        services.AddSingleton<ProfileReader>();
        services.AddSingleton<Timeline>();
        services.AddSingleton<Customers>();
        services.AddSingleton<Purposes>();
        services.AddSingleton<Consents>();
        services.AddSingleton<Permits>();
        services.AddSingleton<Audit>();
        services.AddSingleton<Members>();
        services.AddSingleton<SignInLinks>();
        services.AddSingleton<Tokens>();
        services.AddSingleton(s => Secrets.Open(s.GetRequiredService<KendtOptions>().Folder));
        services.AddSingleton<Catalogue>();
        services.AddSingleton<Evaluate>();
        services.AddSingleton<Membership>();
        services.AddSingleton<Explain>();
        services.AddSingleton<Devices>();
        services.AddSingleton<IDestination>(s => new CsvFile(s.GetRequiredService<KendtOptions>().Folder));
        services.AddSingleton<IDestination>(s => new Webhook(Webhook.Client(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Destinations>();
        services.AddSingleton(s => new Deliveries(s.GetRequiredService<Stores>(), s.GetRequiredService<Permits>(), s.GetRequiredService<Destinations>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Pulse>();
        services.AddSingleton<PipelineRooms>();
        services.AddSingleton<Pipeline>();
        services.AddHostedService(s => s.GetRequiredService<Pipeline>());
        services.AddSingleton<JobLedger>();
        services.AddSingleton<JobRunner>();
        services.AddHostedService(s => s.GetRequiredService<JobRunner>());
        services.AddSingleton<ImportJob>();
        services.AddSingleton<DemoWorkspace>();
        services.AddSingleton<JobKind>(s => s.GetRequiredService<ImportJob>());
        services.AddSingleton<JobKind, ReplayJob>();
        services.AddSingleton<LetterActions>();
        services.AddSingleton<JobKind, DemoJob>();
        services.AddSingleton<JobKind, SegmentJob>();
        services.AddHostedService<OutboxWorker>();
        services.AddHostedService<CheckpointWorker>();
        services.AddHostedService<RetentionWorker>();
        services.AddSingleton<Reach>();
        services.AddSingleton<TodaySources>();
        services.AddSingleton<CustomerList>();
        services.AddSingleton<ProfileParts>();
        services.AddSingleton<TimelineData>();
        services.AddSingleton<IWorkspaceReader, WorkspaceData>();
        services.AddSingleton<ITodayReader, TodayData>();
        services.AddSingleton<IPeopleReader, PeopleData>();
        services.AddSingleton<ISegmentReader, SegmentData>();
        services.AddSingleton<ISourceDesk, SourceDesk>();
        services.AddSingleton<ILiveReader, LiveData>();
        services.AddSingleton<IDataReader, SourceData>();
        services.AddSingleton<IDataWriter, SourceActions>();
        services.AddSingleton<IAudienceReader, AudienceData>();
        services.AddSingleton<IActivationReader, ActivationData>();
        services.AddSingleton<IGovernReader, GovernData>();
        services.AddSingleton<OwnerLink>();
        services.AddSingleton<Check>();
        services.AddSingleton<FileDoor>();
        services.AddSingleton<SegmentRefresh>();
        services.AddSingleton<SegmentDelivery>();
        return services;
    }
}
