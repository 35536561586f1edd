using System.ComponentModel.DataAnnotations;

namespace LuohuIOC.Notices;

/// <summary>Section <c>Notices</c> of the configuration: who is told of which alerts outside of walls. Hosts of one city need the same.</summary>
public sealed class NoticeOptions
{
    public const string Section = "Notices";

    /// <summary>Empty: nobody is told.</summary>
    public List<PolicyOptions> Policies { get; set; } = [];

    public MailOptions Mail { get; set; } = new();

    /// <summary>Public holidays of years that the host does not know yet, as the State Council announces them: <c>2027-01-01</c>.</summary>
    public List<string> OffDays { get; set; } = [];

    /// <summary>Saturdays and Sundays on which people work for them.</summary>
    public List<string> MakeupWorkdays { get; set; } = [];

    /// <summary>Address of the wall, which messages name; empty: they name none.</summary>
    public string WallUrl { get; set; } = "";

    /// <summary>Between two messages of one policy to one recipient at least; what comes in between is in the next one. What is worse than all of the last message does not wait.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often open alerts are looked through.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>So long a server may take for a message: it may look for viruses, or wait until a short message has left. A connection has ten seconds of it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>So long after a start nobody is told of what was measured before it: gateways may still bring that it is over.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>So long a new alert waits for what stands around it, so that the message can say it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan SurveyPatience { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>First wait after a failure; each further one doubles it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RetryFirst { get; set; } = TimeSpan.FromSeconds(10);

    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan RetryMax { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>One policy: which alerts, after how long, to whom.</summary>
public sealed class PolicyOptions
{
    /// <summary>For people and the record, for example the duty it stands for.</summary>
    public string Name { get; set; } = "";

    /// <summary>Least severity: <c>blue</c>, <c>yellow</c>, <c>orange</c> or <c>red</c>.</summary>
    public string Severity { get; set; } = "orange";

    /// <summary>So long an alert must have held, or been overdue, without an officer's acknowledgement.</summary>
    public TimeSpan After { get; set; }

    /// <summary>Whether who was told of an alert is told when it is over.</summary>
    public bool Ended { get; set; } = true;

    /// <summary>Kinds of sensors, comma between; empty: all.</summary>
    public string Kinds { get; set; } = "";

    /// <summary>Streets by name, comma between; empty: all.</summary>
    public string Streets { get; set; } = "";

    /// <summary>When its recipients are on duty, Beijing time: <c>08:30-18:00</c>, <c>18:00-08:30</c> over midnight; empty: all day.</summary>
    public string Hours { get; set; } = "";

    /// <summary>On which days: <c>workdays</c> or <c>restdays</c>, by the national calendar; empty: all. A shift over midnight belongs to the day on which it begins.</summary>
    public string Days { get; set; } = "";

    /// <summary>Mail addresses, and addresses of webhooks (<c>https://</c>); behind <c>#</c> the key that a robot of DingTalk or Feishu wants messages to be signed with.</summary>
    public List<string> To { get; set; } = [];

    /// <summary><c>zh-CN</c> or <c>en</c>.</summary>
    public string Language { get; set; } = "zh-CN";
}

/// <summary>The mail server that takes what is sent.</summary>
public sealed class MailOptions
{
    /// <summary>Empty: no mail can be sent.</summary>
    public string Host { get; set; } = "";

    /// <summary>0: 465 with <see cref="MailSecurity.Tls"/>, else 587.</summary>
    public int Port { get; set; }

    public MailSecurity Security { get; set; } = MailSecurity.StartTls;

    /// <summary>Empty: no sign-in.</summary>
    public string User { get; set; } = "";

    /// <summary>Best given as a file (<c>SecretsDirectory</c>).</summary>
    public string Password { get; set; } = "";

    /// <summary>Address of the sender.</summary>
    public string From { get; set; } = "";
}

/// <summary>How the way to the mail server is kept from others.</summary>
public enum MailSecurity : byte
{
    /// <summary>Encrypted after a greeting in the clear; a server that cannot is refused.</summary>
    StartTls,

    /// <summary>Encrypted from the first byte.</summary>
    Tls,

    /// <summary>Not at all: for a server on this machine or a network of one's own.</summary>
    None,
}
