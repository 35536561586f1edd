using LuohuIOC.Storage;

namespace LuohuIOC.Ingestion.Commands;

internal static class CommandsFeature
{
    /// <summary>The book of commands, of this host alone or of several, what sends those that waited, and what passes those of other hosts on.</summary>
    public static IServiceCollection AddCommands(this IServiceCollection services)
    {
        services.AddSingleton(s =>
        {
            var time = s.GetRequiredService<TimeProvider>();
            return s.GetService<PostgresDatabase>() is { } shared
                ? new CommandBook(shared, time)
                : new CommandBook(Path.Combine(s.GetRequiredService<IConfiguration>()["DataDirectory"] ?? "data", "commands.db"), time);
        });
        services.AddSingleton<ReplyQueue>();
        services.AddSingleton<CommandSubscribers>();
        services.AddSingleton<WaitingCommands>();
        services.AddHostedService(s => s.GetRequiredService<WaitingCommands>());
        return services.AddHostedService<CommandRelay>();
    }
}
