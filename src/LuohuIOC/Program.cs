using LuohuIOC.Alerts;
using LuohuIOC.Backup;
using LuohuIOC.Drain;
using LuohuIOC.History;
using LuohuIOC.Http;
using LuohuIOC.Identity;
using LuohuIOC.Ingestion;
using LuohuIOC.Notices;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.SensorThings;
using LuohuIOC.Storage;
using LuohuIOC.Wall;

return StartupErrors.Guard(args, Console.Error, () => args switch
{
    [TokenCommand.Verb, .. var rest] => TokenCommand.Run(rest, Console.Out, Console.Error, TimeProvider.System),
    [BackupCommand.Verb, .. var rest] => BackupCommand.Run(rest, Console.Out, Console.Error, TimeProvider.System),
    [RestoreCommand.Verb, .. var rest] => RestoreCommand.Run(rest, Console.Out, Console.Error, TimeProvider.System),
    ["--help" or "-h" or "help", ..] => HelpCommand.Run(Console.Out),
    _ => CommandLine.StrayOf(args) is { } verb ? HelpCommand.Refuse(verb, Console.Error) : Run(args),
});

static int Run(string[] args)
{
    var builder = WebApplication.CreateSlimBuilder(args);
    builder.AddSecretFiles();
    builder.AddBackup();
    builder.AddHttp();
    builder.AddIdentity();
    builder.AddRegistry();
    builder.AddIngestion();
    builder.AddSensing();
    builder.AddAlerts();
    builder.AddNotices();
    builder.AddHistory();
    builder.AddSensorThings();
    builder.AddWall();
    builder.AddDrain();

    var app = builder.Build();
    app.MapHttp();
    app.MapIdentity();
    app.MapDashboard();
    app.MapBackup();
    app.MapRegistry();
    app.MapIngestion();
    app.MapSensing();
    app.MapAlerts();
    app.MapNotices();
    app.MapHistory();
    app.MapSensorThings();
    app.MapWall();
    app.Run();
    return 0;
}

/// <summary>The host, one process: silo, broker and web. Public so that tests can start it.</summary>
public partial class Program;
