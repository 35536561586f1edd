using LuohuIOC.History.DuckDb;
using LuohuIOC.History.Influx;
using LuohuIOC.History.Influx.Meters;
using LuohuIOC.History.Queries;
using LuohuIOC.History.Upkeep;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LuohuIOC.History;

public static class HistoryFeature
{
    public static WebApplicationBuilder AddHistory(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var folder = builder.Configuration["DataDirectory"] ?? "./data";
        services.AddOptions<HistoryOptions>().BindConfiguration("History").ValidateOnStart();
        services.AddSingleton<IValidateOptions<HistoryOptions>, HistoryOptionsCheck>();
        services.AddSingleton(s => s.GetRequiredService<IOptions<HistoryOptions>>().Value);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(s => new HistoryScope(s.GetService<PostgresDatabase>() is not null && !IsInflux(s.GetRequiredService<IConfiguration>())));
        if (IsInflux(builder.Configuration)) AddInflux(services, folder);
        else AddDuckDb(services, folder);
        services.AddSingleton(s => HistoryQueue.Of(s.GetRequiredService<HistoryOptions>()));
        services.TryAddSingleton<IJournalReplay, JournalReplay>();
        services.AddSingleton<HistoryWriter>();
        services.AddHostedService(s => s.GetRequiredService<HistoryWriter>());
        services.AddHostedService<RetentionSchedule>();
        services.AddHealthChecks().AddCheck<HistoryHealth>("history");
        return builder;
    }

    public static WebApplication MapHistory(this WebApplication app)
    {
        var queue = app.Services.GetRequiredService<HistoryQueue>();
        app.Services.GetRequiredService<SensorDispatcher>().Next = group =>
        {
            queue.Passing?.Invoke(group);
            // Refused groups are read back from the journal.
            if (!queue.TryOffer(group)) group.Release();
        };
        app.Services.GetRequiredService<HistoryWriter>().CursorMoved += app.Services.GetRequiredService<PublishJournal>().Forget;
        var history = app.Services.GetRequiredService<IReadingHistory>();
        app.Services.GetRequiredService<IngestionMetrics>().Duplicates = () => history.Duplicates;
        if (app.Services.GetRequiredService<HistoryScope>().IsPart)
            app.Logger.LogWarning("Several hosts and DuckDB: each host's history has the readings of its own gateways only. One history for all is History:Store=Influx.");
        ReadingEndpoints.Map(app);
        if (!IsInflux(app.Configuration)) ExportEndpoint.Map(app);
        HistoryState.Map(app);
        return app;
    }

    private static bool IsInflux(IConfiguration configuration) => configuration["History:Store"] == "Influx";

    private static void AddDuckDb(IServiceCollection services, string folder)
    {
        services.AddSingleton(s => Open(folder, s.GetRequiredService<HistoryOptions>(), s.GetRequiredService<SensorRegistry>()));
        services.AddSingleton<IReadingHistory>(s => s.GetRequiredService<DuckDbHistory>());
        services.AddSingleton<IReadingQueries, DuckDbQueries>();
        services.AddSingleton(s => new ParquetExport(s.GetRequiredService<DuckDbHistory>(), folder));
        services.AddSingleton<IRetention, Retention>();
    }

    private static void AddInflux(IServiceCollection services, string folder)
    {
        services.AddSingleton(s =>
        {
            var options = s.GetRequiredService<HistoryOptions>().Influx;
            var registry = s.GetRequiredService<SensorRegistry>();
            return new InfluxHistory(
                folder, options, InfluxClient.NewConnections(options), number => registry[number], s.GetRequiredService<RejectionStore>().Add,
                s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<InfluxHistory>>());
        });
        services.AddSingleton<IReadingHistory>(s => s.GetRequiredService<InfluxHistory>());
        services.AddSingleton<IReadingQueries, InfluxQueries>();
        services.AddSingleton<IRetention, InfluxRetention>();
        services.AddHostedService<MeterPoints>();
    }

    private static DuckDbHistory Open(string folder, HistoryOptions options, SensorRegistry registry)
    {
        var history = new DuckDbHistory(folder, options.DuckDb, number => registry[number], registry.FlushAsync);
        registry.Changed += history.SensorChanged;
        return history;
    }

    private sealed class HistoryOptionsCheck : IValidateOptions<HistoryOptions>
    {
        public ValidateOptionsResult Validate(string? name, HistoryOptions options) =>
            options.Fault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
    }
}
