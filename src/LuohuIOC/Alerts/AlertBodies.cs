using System.Text.Json.Serialization;

namespace LuohuIOC.Alerts;

/// <summary>What an officer sends to acknowledge or to close an alert; nothing will do too.</summary>
/// <param name="Comment">Free text, at most 2,000 characters; needed to close an alert whose condition still holds.</param>
/// <param name="Version">Version the officer saw; when the alert has moved on since, the answer is 409.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AlertStepBody(string? Comment = null, int? Version = null);

/// <summary>A note of an officer.</summary>
/// <param name="Comment">Free text, 1 to 2,000 characters.</param>
/// <param name="Version">Version the officer saw; when the alert has moved on since, the answer is 409.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AlertNoteBody(string? Comment, int? Version = null);

/// <summary>Who is to deal with an alert.</summary>
/// <param name="Assignee">Person or unit, 1 to 200 characters.</param>
/// <param name="Comment">Free text, at most 2,000 characters.</param>
/// <param name="Version">Version the officer saw; when the alert has moved on since, the answer is 409.</param>
/// <param name="DueAt">By when it should be dealt with: ISO 8601, without an offset Shanghai's time; later than now and within 30 days. Without it there is no deadline.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AlertAssignBody(string? Assignee, string? Comment = null, int? Version = null, string? DueAt = null);

/// <summary>An officer's verdict on an alert.</summary>
/// <param name="Verdict"><c>true</c>: something real had happened; <c>false</c>: a false alarm; <c>none</c>: the mark is taken back.</param>
/// <param name="Comment">Free text, at most 2,000 characters.</param>
/// <param name="Version">Version the officer saw; when the alert has moved on since, the answer is 409.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AlertMarkBody(string? Verdict, string? Comment = null, int? Version = null);
