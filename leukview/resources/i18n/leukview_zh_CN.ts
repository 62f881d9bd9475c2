<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
    <context>
        <name>AboutDialog</name>
        <message>
            <source>A class-activation map shows which parts of the image influenced the model. It does not show where a disease is.</source>
            <translation>类激活图显示图像的哪些部位影响了模型，并不显示病变所在。</translation>
        </message>
        <message>
            <source>A research tool for the review of blood slides: it shows the cells that a digital morphology analyser exported, predicts a class for each, counts them, and records what a reviewer accepts or changes.</source>
            <translation>用于血涂片审核的科研工具：显示阅片机导出的细胞，预测每个细胞的类别并计数，同时记录审核者接受或更改的内容。</translation>
        </message>
        <message>
            <source>About LeukView</source>
            <translation>关于 LeukView</translation>
        </message>
        <message>
            <source>About LeukView and its model</source>
            <translation>关于 LeukView 及其模型</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Intervals cover counting error only, not errors of the smear, the analyser or the model.</source>
            <translation>置信区间仅反映计数误差，不包括制片、阅片机或模型的误差。</translation>
        </message>
        <message>
            <source>It does not replace the microscope: cells that the analyser did not export are not counted.</source>
            <translation>它不能代替显微镜：阅片机未导出的细胞不计入。</translation>
        </message>
        <message>
            <source>It is not a medical device and makes no diagnosis.</source>
            <translation>本软件不是医疗器械，不作任何诊断。</translation>
        </message>
        <message>
            <source>Limits</source>
            <translation>局限</translation>
        </message>
        <message>
            <source>Measured performance</source>
            <translation>实测性能</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Name: {name}</source>
            <translation>名称：{name}</translation>
        </message>
        <message>
            <source>No model is loaded.</source>
            <translation>未加载模型。</translation>
        </message>
        <message>
            <source>None</source>
            <translation>无</translation>
        </message>
        <message>
            <source>Not for</source>
            <translation>不适用于</translation>
        </message>
        <message>
            <source>Purpose</source>
            <translation>用途</translation>
        </message>
        <message>
            <source>SHA-256: {hash}</source>
            <translation>SHA-256：{hash}</translation>
        </message>
        <message>
            <source>Segmentation: {segmenter}</source>
            <translation>分割：{segmenter}</translation>
        </message>
        <message>
            <source>Stages it was not trained on (not assessed)</source>
            <translation>未训练的阶段（不评估）</translation>
        </message>
        <message>
            <source>Stages it was trained on</source>
            <translation>已训练的阶段</translation>
        </message>
        <message>
            <source>Trained on: {data}</source>
            <translation>训练数据：{data}</translation>
        </message>
    </context>
    <context>
        <name>AcknowledgeAlertDialog</name>
        <message>
            <source>Acknowledge</source>
            <translation>知悉</translation>
        </message>
        <message>
            <source>Acknowledge an alert</source>
            <translation>知悉警示</translation>
        </message>
        <message>
            <source>Called</source>
            <translation>已电话通知</translation>
        </message>
        <message>
            <source>Checked, not confirmed</source>
            <translation>已查看，未证实</translation>
        </message>
        <message>
            <source>For example the read-back or what was agreed. Do not enter the patient's name.</source>
            <translation>例如对方复述核对、商定的处理。请勿写出患者姓名。</translation>
        </message>
        <message>
            <source>Name or function of the person called</source>
            <translation>被通知者的姓名或职务</translation>
        </message>
        <message>
            <source>Name or function, if you called somebody</source>
            <translation>如已电话通知，请填写对方姓名或职务</translation>
        </message>
        <message>
            <source>Not now</source>
            <translation>暂不</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>Note (optional)</source>
            <translation>备注（可选）</translation>
        </message>
        <message>
            <source>Note or reason</source>
            <translation>备注或理由</translation>
        </message>
        <message>
            <source>One cell triggered this alert.</source>
            <translation>1 个细胞触发了本警示。</translation>
        </message>
        <message>
            <source>Person called</source>
            <translation>电话通知了谁</translation>
        </message>
        <message>
            <source>Person called (optional)</source>
            <translation>已电话通知（可选）</translation>
        </message>
        <message>
            <source>The acknowledgement is recorded with your name and the time. It is not a diagnosis.</source>
            <translation>知悉会连同您的姓名和时间一并记录。此操作不构成诊断。</translation>
        </message>
        <message>
            <source>The result was read back</source>
            <translation>对方已复述结果</translation>
        </message>
        <message>
            <source>This alert concerns the whole slide.</source>
            <translation>该警示针对整张玻片。</translation>
        </message>
        <message>
            <source>This alert is an emergency. Call the clinician first; then record whom you called, when, and that the result was read back. If you checked the cells and do not confirm the alert, give the reason.</source>
            <translation>此警示属急症：请先电话通知临床医生，再记录通知了谁、何时通知，以及对方已复述结果。若查看后不予证实，请填写理由。</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>Time of the call</source>
            <translation>通话时间</translation>
        </message>
        <message>
            <source>{count} cells triggered this alert.</source>
            <translation>{count} 个细胞触发了本警示。</translation>
        </message>
    </context>
    <context>
        <name>ActionManager</name>
        <message>
            <source>Redo</source>
            <translation>重做</translation>
        </message>
        <message>
            <source>Tools</source>
            <translation>工具</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>撤销</translation>
        </message>
    </context>
    <context>
        <name>AgreementDialog</name>
        <message>
            <source> (95 % interval {0:.1f}–{1:.1f} %)</source>
            <translation>（95% 置信区间 {0:.1f}%～{1:.1f}%）</translation>
        </message>
        <message>
            <source>&amp;0  Leave unresolved</source>
            <translation>&amp;0  重新列为待定</translation>
        </message>
        <message>
            <source>&amp;1  First reader's class</source>
            <translation>&amp;1  第一阅片者的类别</translation>
        </message>
        <message>
            <source>&amp;2  Second reader's class</source>
            <translation>&amp;2  第二阅片者的类别</translation>
        </message>
        <message>
            <source>&amp;3  This class</source>
            <translation>&amp;3  此类别</translation>
        </message>
        <message>
            <source>Agreement expected by chance: {0:.1f} %. </source>
            <translation>机遇（期望）一致率：{0:.1f}%。</translation>
        </message>
        <message>
            <source>Another class</source>
            <translation>其他类别</translation>
        </message>
        <message>
            <source>Cell</source>
            <translation>细胞</translation>
        </message>
        <message>
            <source>Cells on which the readers disagree</source>
            <translation>两位阅片者有分歧的细胞</translation>
        </message>
        <message>
            <source>Cohen's κ cannot be computed: only one class was used, or no cell was labelled by both readers.</source>
            <translation>无法计算 Cohen κ 系数：只有一个类别，或没有两人均标注的细胞。</translation>
        </message>
        <message>
            <source>Cohen's κ {0:.2f}</source>
            <translation>Cohen κ 系数 {0:.2f}</translation>
        </message>
        <message>
            <source>Cohen's κ {0:.2f} (95 % interval {1:.2f} to {2:.2f})</source>
            <translation>Cohen κ 系数 {0:.2f}（95% 置信区间 {1:.2f}～{2:.2f}）</translation>
        </message>
        <message>
            <source>Consensus</source>
            <translation>共识</translation>
        </message>
        <message>
            <source>First and second reader</source>
            <translation>第一与第二阅片者</translation>
        </message>
        <message>
            <source>Resolve disagreements together: select a row, then press 1 or 2 for the class of the first or second reader, 3 for the class in the box, or 0 to leave it unresolved. The labels of both readers stay on record.</source>
            <translation>请共同协商解决分歧：选中该行，按 1 或 2 采用第一或第二阅片者的类别，按 3 采用框中的类别，按 0 重新列为待定。两位阅片者各自的标注均保留在案。</translation>
        </message>
        <message>
            <source>S&amp;how in the gallery</source>
            <translation>在图库中显示(&amp;H)</translation>
        </message>
        <message>
            <source>The slide is signed. To resolve a disagreement, close this list and amend the slide.</source>
            <translation>该玻片已签名。如需解决分歧，请关闭此列表并修订该玻片。</translation>
        </message>
        <message>
            <source>unresolved</source>
            <translation>待定</translation>
        </message>
        <message>
            <source>{0} disagreements, {1} unresolved.</source>
            <translation>共 {0} 处分歧，{1} 处尚未解决。</translation>
        </message>
        <message>
            <source>{agreed} of {n} cells labelled by both readers have the same class: {percent:.1f} %{share}. </source>
            <translation>两人均标注的 {n} 个细胞中，{agreed} 个类别一致：{percent:.1f}%{share}。</translation>
        </message>
    </context>
    <context>
        <name>AlertsPanel</name>
        <message>
            <source>&lt;b&gt;Alerts: {0}&lt;/b&gt;</source>
            <translation>&lt;b&gt;警示：{0} 项&lt;/b&gt;</translation>
        </message>
        <message>
            <source>&lt;b&gt;Alerts: {0}&lt;/b&gt; · {1} to acknowledge</source>
            <translation>&lt;b&gt;警示：{0} 项&lt;/b&gt; · {1} 项待知悉</translation>
        </message>
        <message>
            <source>Acknowledge…</source>
            <translation>知悉…</translation>
        </message>
        <message>
            <source>Alerts</source>
            <translation>警示</translation>
        </message>
        <message>
            <source>called: {0}</source>
            <translation>已电话通知：{0}</translation>
        </message>
        <message>
            <source>called: {0} at {1}, read back</source>
            <translation>已于 {1} 电话通知：{0}，对方已复述</translation>
        </message>
        <message>
            <source>checked, not confirmed: {0}</source>
            <translation>已查看，未证实：{0}</translation>
        </message>
        <message>
            <source>no call recorded</source>
            <translation>未电话通知</translation>
        </message>
        <message>
            <source>✓ acknowledged</source>
            <translation>✓ 已知悉</translation>
        </message>
    </context>
    <context>
        <name>AuditController</name>
        <message>
            <source>Cell {0}</source>
            <translation>{0} 号细胞</translation>
        </message>
        <message>
            <source>Exporting the audit trail</source>
            <translation>正在导出审计追踪</translation>
        </message>
        <message>
            <source>Exporting the call record</source>
            <translation>正在导出电话通知记录</translation>
        </message>
        <message>
            <source>Reading the history of the cell</source>
            <translation>正在读取该细胞的历史</translation>
        </message>
        <message>
            <source>Searching the review log</source>
            <translation>正在搜索审核日志</translation>
        </message>
        <message>
            <source>Stop working with this database and restore a copy from the backups folder. See Laboratory › Audit trail.</source>
            <translation>请停止使用此数据库，并从备份文件夹中恢复副本。参见“实验室 › 审计追踪”。</translation>
        </message>
        <message>
            <source>The audit trail was exported.</source>
            <translation>审计追踪已导出。</translation>
        </message>
        <message>
            <source>The call record was exported.</source>
            <translation>电话通知记录已导出。</translation>
        </message>
        <message>
            <source>Verifying the review log</source>
            <translation>正在校验审核日志</translation>
        </message>
        <message>
            <source>⚠ The review log was changed outside LeukView</source>
            <translation>⚠ 审核日志在 LeukView 之外被改动</translation>
        </message>
    </context>
    <context>
        <name>AuditDialog</name>
        <message>
            <source>Acknowledged alerts: {0:,}</source>
            <translation>已知悉的警示：{0:,}</translation>
        </message>
        <message>
            <source>All kinds</source>
            <translation>全部类型</translation>
        </message>
        <message>
            <source>All slides</source>
            <translation>全部玻片</translation>
        </message>
        <message>
            <source>At any time</source>
            <translation>任意时间</translation>
        </message>
        <message>
            <source>Audit trail</source>
            <translation>审计追踪</translation>
        </message>
        <message>
            <source>CSV (*.csv);;JSON with hashes (*.json)</source>
            <translation>CSV (*.csv);;含哈希值的 JSON (*.json)</translation>
        </message>
        <message>
            <source>Call record</source>
            <translation>电话通知记录</translation>
        </message>
        <message>
            <source>Calls</source>
            <translation>电话通知</translation>
        </message>
        <message>
            <source>Details of the selected event</source>
            <translation>所选事件的详情</translation>
        </message>
        <message>
            <source>Each event contains the hash of the previous one, and its hash is sealed with a key of this workstation. Verification finds everything that was changed, removed or cut off outside LeukView.</source>
            <translation>每个事件都含有前一事件的哈希值，其哈希值又以本工作站的密钥加封。校验可发现在 LeukView 之外被改动、删除或截去的内容。</translation>
        </message>
        <message>
            <source>Events</source>
            <translation>事件</translation>
        </message>
        <message>
            <source>Everybody</source>
            <translation>所有人</translation>
        </message>
        <message>
            <source>Export the audit trail</source>
            <translation>导出审计追踪</translation>
        </message>
        <message>
            <source>Export the call record</source>
            <translation>导出电话通知记录</translation>
        </message>
        <message>
            <source>Export the events shown, with their hashes, as CSV or JSON.</source>
            <translation>将所示事件连同哈希值导出为 CSV 或 JSON。</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>导出…</translation>
        </message>
        <message>
            <source>Kind of event</source>
            <translation>事件类型</translation>
        </message>
        <message>
            <source>Not available in a blind review: the file contains the classes given by others.</source>
            <translation>盲法审核时不可导出：文件中含有他人给出的类别。</translation>
        </message>
        <message>
            <source>Only alerts with a call</source>
            <translation>仅显示已电话通知的警示</translation>
        </message>
        <message>
            <source>Reading and verifying the review log…</source>
            <translation>正在读取并校验审核日志…</translation>
        </message>
        <message>
            <source>Reviewer</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>搜索</translation>
        </message>
        <message>
            <source>Search: word, name, number or hash</source>
            <translation>搜索：词语、姓名、编号或哈希值</translation>
        </message>
        <message>
            <source>Select an event to see its details.</source>
            <translation>选择一个事件以查看详情。</translation>
        </message>
        <message>
            <source>Show all events again.</source>
            <translation>重新显示全部事件。</translation>
        </message>
        <message>
            <source>Slide</source>
            <translation>玻片</translation>
        </message>
        <message>
            <source>Slides that you read as second reader do not yet show what others did: {0}</source>
            <translation>您作为第二阅片者的玻片上，他人的操作暂不显示：{0}</translation>
        </message>
        <message>
            <source>State of the hash chain</source>
            <translation>哈希链状态</translation>
        </message>
        <message>
            <source>Stop working with this database and restore a copy from the backups folder.</source>
            <translation>请停止使用此数据库，并从备份文件夹中恢复副本。</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>Undone later.</source>
            <translation>此后已撤销。</translation>
        </message>
        <message>
            <source>Verify again</source>
            <translation>重新校验</translation>
        </message>
        <message>
            <source>What the seals cover</source>
            <translation>封印的范围</translation>
        </message>
        <message>
            <source>Whom reviewers called about alerts, and when.</source>
            <translation>审核者就警示电话通知了谁，以及何时通知。</translation>
        </message>
        <message>
            <source>{0:,} of {1:,} events</source>
            <translation>{1:,} 个事件中的 {0:,} 个</translation>
        </message>
        <message>
            <source>{0} only  ✕</source>
            <translation>仅{0}  ✕</translation>
        </message>
    </context>
    <context>
        <name>BackupController</name>
        <message>
            <source>Making the backup</source>
            <translation>正在生成备份</translation>
        </message>
        <message>
            <source>See Laboratory › Backups. LeukView tries again in an hour.</source>
            <translation>请见“实验室 › 备份”。一小时后将重试。</translation>
        </message>
        <message>
            <source>The backup failed.</source>
            <translation>备份失败。</translation>
        </message>
        <message>
            <source>The backup was made and verified: {0}</source>
            <translation>备份已生成并校验：{0}</translation>
        </message>
    </context>
    <context>
        <name>BackupDialog</name>
        <message>
            <source>Back up now</source>
            <translation>立即备份</translation>
        </message>
        <message>
            <source>Backup folder</source>
            <translation>备份文件夹</translation>
        </message>
        <message>
            <source>Backups</source>
            <translation>备份</translation>
        </message>
        <message>
            <source>Cancel the backup</source>
            <translation>取消备份</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Last backup: {0}</source>
            <translation>上次备份：{0}</translation>
        </message>
        <message>
            <source>Once a day, when LeukView is idle, slides, reviews, names and settings are copied into one file in this folder. Choose a folder on another disk and protect the files as you protect the workstation: they contain patients' names. “leukview restore” restores a backup.</source>
            <translation>每天在空闲时，玻片、审核、姓名和设置会复制到此文件夹中的一个文件。请选择另一磁盘上的文件夹，并像保护工作站一样保护这些文件：其中含有患者姓名。用“leukview restore”恢复备份。</translation>
        </message>
        <message>
            <source>The database is on a server; its administrator backs it up.</source>
            <translation>数据库在服务器上，由其管理员备份。</translation>
        </message>
        <message>
            <source>There is no backup yet.</source>
            <translation>尚无备份。</translation>
        </message>
        <message>
            <source>Turn daily backup off</source>
            <translation>关闭每日备份</translation>
        </message>
    </context>
    <context>
        <name>BloodCountView</name>
        <message>
            <source>Blood count</source>
            <translation>血常规</translation>
        </message>
        <message>
            <source>Blood count {0}</source>
            <translation>血常规 {0}</translation>
        </message>
        <message>
            <source>No analyser flag</source>
            <translation>分析仪无报警</translation>
        </message>
        <message>
            <source>Scattergrams…</source>
            <translation>散点图…</translation>
        </message>
        <message>
            <source>⚠ Analyser flags: {0}</source>
            <translation>⚠ 分析仪报警：{0}</translation>
        </message>
    </context>
    <context>
        <name>CallsModel</name>
        <message>
            <source>Alert</source>
            <translation>警示</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>Person called</source>
            <translation>通知对象</translation>
        </message>
        <message>
            <source>Reviewer</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>Slide</source>
            <translation>玻片</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>no call</source>
            <translation>未电话通知</translation>
        </message>
    </context>
    <context>
        <name>CellComparisonDialog</name>
        <message>
            <source>Cells to compare with</source>
            <translation>可供对比的细胞</translation>
        </message>
        <message>
            <source>Class of the reference cells</source>
            <translation>参考细胞的类别</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>对比</translation>
        </message>
        <message>
            <source>Compare with</source>
            <translation>对比对象</translation>
        </message>
        <message>
            <source>Image of the comparison cell</source>
            <translation>对照细胞的图像</translation>
        </message>
        <message>
            <source>Image of the current cell</source>
            <translation>当前细胞的图像</translation>
        </message>
        <message>
            <source>No cell to compare with</source>
            <translation>没有可供对比的细胞</translation>
        </message>
        <message>
            <source>Other selected cells</source>
            <translation>其他所选细胞</translation>
        </message>
        <message>
            <source>Reference atlas of this laboratory</source>
            <translation>本实验室的参考图谱</translation>
        </message>
        <message>
            <source>← → change comparison cell   ↑ ↓ change slide cell   + − 0 zoom   Esc close</source>
            <translation>← → 更换对照细胞   ↑ ↓ 更换玻片细胞   + − 0 缩放   Esc 关闭</translation>
        </message>
    </context>
    <context>
        <name>CellDetailsArea</name>
        <message>
            <source>Classification of the cell</source>
            <translation>该细胞的分类</translation>
        </message>
    </context>
    <context>
        <name>CellFactsForm</name>
        <message>
            <source>Analyser</source>
            <translation>阅片机</translation>
        </message>
        <message>
            <source>Area</source>
            <translation>面积</translation>
        </message>
        <message>
            <source>Comment</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>Facts about the cell</source>
            <translation>该细胞的信息</translation>
        </message>
        <message>
            <source>Flags</source>
            <translation>提示</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>N:C ratio</source>
            <translation>核质比</translation>
        </message>
        <message>
            <source>Outline</source>
            <translation>轮廓</translation>
        </message>
        <message>
            <source>Reviewer</source>
            <translation>审核者</translation>
        </message>
    </context>
    <context>
        <name>CellHistory</name>
        <message>
            <source>Every event of this cell, with its hash.</source>
            <translation>该细胞的全部事件及其哈希值。</translation>
        </message>
        <message>
            <source>History of the cell</source>
            <translation>细胞的历史</translation>
        </message>
        <message>
            <source>Show in the audit trail…</source>
            <translation>在审计追踪中显示…</translation>
        </message>
    </context>
    <context>
        <name>CellLoader</name>
        <message>
            <source>Computing the class-activation map</source>
            <translation>正在计算类激活图</translation>
        </message>
        <message>
            <source>Loading the cell</source>
            <translation>正在加载细胞</translation>
        </message>
    </context>
    <context>
        <name>CellPanel</name>
        <message>
            <source>Cell</source>
            <translation>细胞</translation>
        </message>
        <message>
            <source>Classification</source>
            <translation>分类</translation>
        </message>
        <message>
            <source>Comment on this cell.</source>
            <translation>为该细胞添加备注。</translation>
        </message>
        <message>
            <source>Comment…</source>
            <translation>备注…</translation>
        </message>
        <message>
            <source>History</source>
            <translation>历史</translation>
        </message>
        <message>
            <source>Image information</source>
            <translation>图像信息</translation>
        </message>
        <message>
            <source>Image of the cell; zoom with the wheel, plus and minus; 0 fits it to the window</source>
            <translation>细胞图像；滚轮或加减键缩放，0 键适合窗口</translation>
        </message>
        <message>
            <source>Loading the image…</source>
            <translation>正在加载图像…</translation>
        </message>
        <message>
            <source>Number and class of the cell</source>
            <translation>细胞的编号与类别</translation>
        </message>
        <message>
            <source>display adjusted</source>
            <translation>显示已调整</translation>
        </message>
        <message>
            <source>scale unknown</source>
            <translation>比例尺未知</translation>
        </message>
        <message>
            <source>{um:g} µm per px</source>
            <translation>{um:g} µm/像素</translation>
        </message>
        <message>
            <source>{width} × {height} px</source>
            <translation>{width} × {height} 像素</translation>
        </message>
    </context>
    <context>
        <name>CommentDialog</name>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Comment</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>Enter saves; Shift+Enter starts a new line. Do not enter the patient's name.</source>
            <translation>按 Enter 保存，按 Shift+Enter 换行。请勿写出患者姓名。</translation>
        </message>
        <message>
            <source>Phrases; press Enter or click to insert one</source>
            <translation>短语；按 Enter 或单击插入</translation>
        </message>
        <message>
            <source>Save comment</source>
            <translation>保存备注</translation>
        </message>
        <message>
            <source>Type a comment, or choose phrases from the list</source>
            <translation>请输入文字，或从列表中选用短语</translation>
        </message>
    </context>
    <context>
        <name>ComparisonController</name>
        <message>
            <source>Analyser: {0}</source>
            <translation>阅片机：{0}</translation>
        </message>
        <message>
            <source>Cell {0}</source>
            <translation>{0} 号细胞</translation>
        </message>
        <message>
            <source>Confirmed by {0}, {1}</source>
            <translation>{0} 于 {1} 确认</translation>
        </message>
        <message>
            <source>Confirmed cells, most recently signed first: {0}</source>
            <translation>已确认细胞，最近签名者在前：{0}</translation>
        </message>
        <message>
            <source>Confirmed cells, most similar first: {0}</source>
            <translation>已确认细胞，最相似者在前：{0}</translation>
        </message>
        <message>
            <source>Loading a cell</source>
            <translation>正在加载细胞</translation>
        </message>
        <message>
            <source>Loading the reference atlas</source>
            <translation>正在加载参考图谱</translation>
        </message>
        <message>
            <source>Loading the reference atlas…</source>
            <translation>正在加载参考图谱…</translation>
        </message>
        <message>
            <source>Model: {0}, {1} %</source>
            <translation>模型：{0}，{1}%</translation>
        </message>
        <message>
            <source>Other selected cells: {0}</source>
            <translation>其他所选细胞：{0}</translation>
        </message>
        <message>
            <source>Slide {0} · cell {1}</source>
            <translation>玻片 {0} · {1} 号细胞</translation>
        </message>
        <message>
            <source>The atlas has no “{0}” yet: none was confirmed on a signed slide.</source>
            <translation>图谱中尚无“{0}”：已签名的玻片上还没有确认过此类细胞。</translation>
        </message>
        <message>
            <source>The atlas is empty. Every cell that a reviewer labels is added when its slide is signed.</source>
            <translation>图谱为空。玻片签名后，审核者标注的每个细胞都会自动收入。</translation>
        </message>
        <message>
            <source>{0}: {1}</source>
            <translation>{0}：{1}</translation>
        </message>
    </context>
    <context>
        <name>CompetencyController</name>
        <message>
            <source>Export rounds</source>
            <translation>导出培训结果</translation>
        </message>
        <message>
            <source>Exporting the rounds</source>
            <translation>正在导出培训结果</translation>
        </message>
        <message>
            <source>Grading the round</source>
            <translation>正在评分</translation>
        </message>
        <message>
            <source>Loading the cell</source>
            <translation>正在载入细胞</translation>
        </message>
        <message>
            <source>Making the training set</source>
            <translation>正在建立培训集</translation>
        </message>
        <message>
            <source>Reading the training set</source>
            <translation>正在读取培训集</translation>
        </message>
        <message>
            <source>Reading the training sets</source>
            <translation>正在读取培训集</translation>
        </message>
        <message>
            <source>Storing the answer</source>
            <translation>正在保存答案</translation>
        </message>
        <message>
            <source>Tables (*.csv)</source>
            <translation>表格 (*.csv)</translation>
        </message>
        <message>
            <source>The set “{0}” has {1} cells.</source>
            <translation>培训集“{0}”共 {1} 个细胞。</translation>
        </message>
        <message>
            <source>{0} rounds were exported to {1}.</source>
            <translation>已将 {0} 轮结果导出至{1}。</translation>
        </message>
    </context>
    <context>
        <name>CompetencyDialog</name>
        <message>
            <source> cells</source>
            <translation> 个细胞</translation>
        </message>
        <message>
            <source>95 % interval</source>
            <translation>95%区间</translation>
        </message>
        <message>
            <source>Answer</source>
            <translation>应答</translation>
        </message>
        <message>
            <source>Back to the sets</source>
            <translation>返回培训集</translation>
        </message>
        <message>
            <source>Begin or continue</source>
            <translation>开始或继续</translation>
        </message>
        <message>
            <source>Cell</source>
            <translation>细胞</translation>
        </message>
        <message>
            <source>Cells</source>
            <translation>细胞数</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Classes</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Classify the cells of a set without their labels. The key is the label of the signed slide; the result is told after the last cell. A round is passed with {0} % correct answers and no blast taken for another cell or the reverse.</source>
            <translation>在不显示标注的情况下对培训集中的细胞分类。标准答案为已签名涂片的标注；完成最后一个细胞后给出结果。正确率达 {0}%，且未将原始细胞与其他细胞混淆，即为通过。</translation>
        </message>
        <message>
            <source>Correct</source>
            <translation>正确</translation>
        </message>
        <message>
            <source>Critical</source>
            <translation>严重错误</translation>
        </message>
        <message>
            <source>Export rounds…</source>
            <translation>导出培训结果…</translation>
        </message>
        <message>
            <source>Key</source>
            <translation>标准答案</translation>
        </message>
        <message>
            <source>Last answer</source>
            <translation>最后作答</translation>
        </message>
        <message>
            <source>Made by</source>
            <translation>建立者</translation>
        </message>
        <message>
            <source>Made on</source>
            <translation>建立时间</translation>
        </message>
        <message>
            <source>Make from signed slides</source>
            <translation>由已签名涂片建立</translation>
        </message>
        <message>
            <source>Name of a new set</source>
            <translation>新培训集名称</translation>
        </message>
        <message>
            <source>Not passed</source>
            <translation>未通过</translation>
        </message>
        <message>
            <source>Passed</source>
            <translation>通过</translation>
        </message>
        <message>
            <source>Person</source>
            <translation>人员</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Round</source>
            <translation>轮次</translation>
        </message>
        <message>
            <source>Rounds</source>
            <translation>培训轮次</translation>
        </message>
        <message>
            <source>Set</source>
            <translation>培训集</translation>
        </message>
        <message>
            <source>Sets</source>
            <translation>培训集</translation>
        </message>
        <message>
            <source>Training</source>
            <translation>培训</translation>
        </message>
        <message>
            <source>Wrong answers</source>
            <translation>错误答案</translation>
        </message>
        <message>
            <source>not passed</source>
            <translation>未通过</translation>
        </message>
        <message>
            <source>open</source>
            <translation>进行中</translation>
        </message>
        <message>
            <source>passed</source>
            <translation>通过</translation>
        </message>
        <message>
            <source>{0} answered</source>
            <translation>已答 {0}</translation>
        </message>
        <message>
            <source>{0} of {1}</source>
            <translation>{0}/{1}</translation>
        </message>
        <message>
            <source>{0}: {1} of {2} correct ({3} %), {4} critical</source>
            <translation>{0}：{2} 题中正确 {1} 题（{3}%），严重错误 {4} 题</translation>
        </message>
    </context>
    <context>
        <name>CorrectionsDialog</name>
        <message>
            <source>&amp;Export</source>
            <translation>导出(&amp;E)</translation>
        </message>
        <message>
            <source>&amp;Into the folder</source>
            <translation>导出到文件夹(&amp;I)</translation>
        </message>
        <message>
            <source>&amp;Name of the site</source>
            <translation>机构名称(&amp;N)</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Cancelled; no file was written.</source>
            <translation>已取消；未生成任何文件。</translation>
        </message>
        <message>
            <source>Cells by class</source>
            <translation>各类别的细胞</translation>
        </message>
        <message>
            <source>Cells of the &amp;demo slides instead of real ones</source>
            <translation>导出演示玻片的细胞，而非真实细胞(&amp;D)</translation>
        </message>
        <message>
            <source>Choose the folder</source>
            <translation>选择文件夹</translation>
        </message>
        <message>
            <source>Choose the table of diagnoses</source>
            <translation>选择诊断表</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Dia&amp;gnoses of patients</source>
            <translation>患者诊断(&amp;G)</translation>
        </message>
        <message>
            <source>Export corrections</source>
            <translation>导出修正结果</translation>
        </message>
        <message>
            <source>Export into a folder</source>
            <translation>导出到文件夹</translation>
        </message>
        <message>
            <source>Exported: {0}</source>
            <translation>已导出：{0}</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>For model selection</source>
            <translation>用于选择模型</translation>
        </message>
        <message>
            <source>For training</source>
            <translation>用于训练</translation>
        </message>
        <message>
            <source>Kept for comparison</source>
            <translation>留作比较</translation>
        </message>
        <message>
            <source>Name of the site</source>
            <translation>机构名称</translation>
        </message>
        <message>
            <source>Not included: {0} {1}.</source>
            <translation>未纳入 {0} 个：{1}。</translation>
        </message>
        <message>
            <source>Outcome</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Progress</source>
            <translation>进度</translation>
        </message>
        <message>
            <source>Reviewed cells of signed slides are exported into one archive under pseudonyms. Cells on which two readers disagree are not included. One patient in five is kept for the comparison of models.</source>
            <translation>已签名玻片上经审核的细胞以去标识化编号导出到一个压缩包。两位阅片者有分歧的细胞不纳入；每五位患者中留出一位，用于比较模型。</translation>
        </message>
        <message>
            <source>Reviewed cells, as training data for the next model</source>
            <translation>已审核的细胞，作为下一个模型的训练数据</translation>
        </message>
        <message>
            <source>Reviewers overrode the model on {0} of {1} cells.</source>
            <translation>模型判断过的 {1} 个细胞中，有 {0} 个被审核者改判。</translation>
        </message>
        <message>
            <source>Table of diagnoses</source>
            <translation>诊断表</translation>
        </message>
        <message>
            <source>Tables (*.csv)</source>
            <translation>表格 (*.csv)</translation>
        </message>
        <message>
            <source>letters, digits and hyphens</source>
            <translation>字母、数字和连字符</translation>
        </message>
        <message>
            <source>none, or a CSV file with the columns patient, diagnosis</source>
            <translation>无，或含 patient、diagnosis 两列的 CSV 文件</translation>
        </message>
        <message>
            <source>{0} cells. Patients: {1} for training, {2} for model selection, {3} for comparison.</source>
            <translation>{0} 个细胞。患者：{1} 名用于训练，{2} 名用于选择模型，{3} 名留作比较。</translation>
        </message>
    </context>
    <context>
        <name>CorrectionsExportController</name>
        <message>
            <source>Exporting corrections</source>
            <translation>正在导出修正结果</translation>
        </message>
    </context>
    <context>
        <name>DatabaseWatcher</name>
        <message>
            <source>Checking for changes by other programs</source>
            <translation>正在检查其他程序的更改</translation>
        </message>
    </context>
    <context>
        <name>DialogController</name>
        <message>
            <source>Checking the PIN</source>
            <translation>正在核对 PIN 码</translation>
        </message>
        <message>
            <source>Checking the images</source>
            <translation>正在检查图像</translation>
        </message>
        <message>
            <source>Comment on cell {0}</source>
            <translation>为 {0} 号细胞添加备注</translation>
        </message>
        <message>
            <source>Comment on the slide</source>
            <translation>为玻片添加备注</translation>
        </message>
        <message>
            <source>Comment on {0} cells</source>
            <translation>为 {0} 个细胞添加备注</translation>
        </message>
        <message>
            <source>Loading the model</source>
            <translation>正在加载模型</translation>
        </message>
        <message>
            <source>No browser could be opened.</source>
            <translation>无法打开浏览器。</translation>
        </message>
        <message>
            <source>Open archive</source>
            <translation>打开压缩包</translation>
        </message>
        <message>
            <source>Open folder</source>
            <translation>打开文件夹</translation>
        </message>
        <message>
            <source>Open {0}.</source>
            <translation>请打开 {0}。</translation>
        </message>
        <message>
            <source>The installers hold it; in a copy of the source, build it with “make docs”.</source>
            <translation>安装包中带有使用说明；使用源代码时，请用“make docs”生成。</translation>
        </message>
        <message>
            <source>This installation holds no manual.</source>
            <translation>此安装中没有使用说明。</translation>
        </message>
        <message>
            <source>ZIP archives (*.zip)</source>
            <translation>ZIP 压缩包 (*.zip)</translation>
        </message>
    </context>
    <context>
        <name>DragDropView</name>
        <message>
            <source>{0} cells</source>
            <translation>{0} 个细胞</translation>
        </message>
    </context>
    <context>
        <name>EmptyState</name>
        <message>
            <source>Its image and classification appear here.</source>
            <translation>此处显示其图像和分类。</translation>
        </message>
        <message>
            <source>Select a cell</source>
            <translation>请选择一个细胞</translation>
        </message>
    </context>
    <context>
        <name>ErrorReportDialog</name>
        <message>
            <source>An internal error occurred in LeukView.</source>
            <translation>LeukView 发生内部错误。</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Internal error</source>
            <translation>内部错误</translation>
        </message>
        <message>
            <source>Report of the error</source>
            <translation>错误报告</translation>
        </message>
        <message>
            <source>Save report</source>
            <translation>保存报告</translation>
        </message>
        <message>
            <source>Save report…</source>
            <translation>保存报告…</translation>
        </message>
        <message>
            <source>Saved as {0}.</source>
            <translation>已保存为 {0}。</translation>
        </message>
        <message>
            <source>Text (*.txt)</source>
            <translation>文本 (*.txt)</translation>
        </message>
        <message>
            <source>The report could not be saved: {0}.</source>
            <translation>无法保存报告：{0}。</translation>
        </message>
        <message>
            <source>Your work so far is saved. The report below names versions and places in the program: no patient, no slide, no person and no folder. LeukView sends nothing. Save the report if you want to pass it on.</source>
            <translation>此前的工作已保存。下面的报告只列出版本和程序中的位置，不含患者、涂片、人员或文件夹。LeukView 不会发送任何内容。如需转交他人，请保存此报告。</translation>
        </message>
    </context>
    <context>
        <name>ExportController</name>
        <message>
            <source>The export is complete except for {0} cells, whose images are missing or cannot be read.</source>
            <translation>导出已生成，但缺少 {0} 个细胞：其图像缺失或无法读取。</translation>
        </message>
        <message>
            <source>The export is complete.</source>
            <translation>导出已生成。</translation>
        </message>
        <message>
            <source>The export is complete; {0} cells have no mask. Press F5 to compute the masks again.</source>
            <translation>导出已生成；{0} 个细胞没有掩膜。按 F5 可重新计算。</translation>
        </message>
    </context>
    <context>
        <name>ExportDialog</name>
        <message>
            <source>&amp;Cells: renamed images with labels and review, for another workstation</source>
            <translation>细胞：重新命名的图像，附标签与审核记录，可在其他工作站打开(&amp;C)</translation>
        </message>
        <message>
            <source>&amp;Export</source>
            <translation>导出(&amp;E)</translation>
        </message>
        <message>
            <source>&amp;FHIR R4: a diagnostic report with its observations</source>
            <translation>FHIR R4：诊断报告及其观察值(&amp;F)</translation>
        </message>
        <message>
            <source>&amp;HL7 v2.5.1: an ORU^R01 message for the laboratory information system</source>
            <translation>HL7 v2.5.1：供实验室信息系统使用的 ORU^R01 消息(&amp;H)</translation>
        </message>
        <message>
            <source>&amp;Into the folder</source>
            <translation>导出到文件夹(&amp;I)</translation>
        </message>
        <message>
            <source>&amp;JSON: the slide and every cell with the classes of analyser, model and reviewer</source>
            <translation>JSON：玻片及每个细胞的阅片机、模型和审核者类别(&amp;J)</translation>
        </message>
        <message>
            <source>C&amp;OCO and CVAT: images with the masks of cell and nucleus</source>
            <translation>COCO 与 CVAT：附细胞和细胞核掩膜的图像(&amp;O)</translation>
        </message>
        <message>
            <source>CS&amp;V: tables of cells and of the differential</source>
            <translation>CSV：细胞表与白细胞分类计数表(&amp;V)</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Export data</source>
            <translation>导出数据</translation>
        </message>
        <message>
            <source>Export into a folder</source>
            <translation>导出到文件夹</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>Slide {0}</source>
            <translation>玻片 {0}</translation>
        </message>
        <message>
            <source>The slide is not signed: its results are exported as preliminary.</source>
            <translation>玻片尚未签名：结果将作为初步结果导出。</translation>
        </message>
        <message>
            <source>The slide is signed: its results are exported as final.</source>
            <translation>玻片已签名：结果将作为最终结果导出。</translation>
        </message>
        <message>
            <source>The slide was amended and signed again: its results are exported as corrected.</source>
            <translation>玻片经修订并再次签名：结果将作为更正结果导出。</translation>
        </message>
        <message>
            <source>This export can identify the patient. Give it only to persons who may know the patient's identity.</source>
            <translation>此导出可能透露患者身份。请仅交给有权知晓者。</translation>
        </message>
        <message>
            <source>With &amp;names: patient, order and file names of the source folder</source>
            <translation>包含姓名：源文件夹中的患者、检验单号和文件名(&amp;N)</translation>
        </message>
        <message>
            <source>With co&amp;mments and persons called: free text may contain names</source>
            <translation>包含备注及所通知的人：自由文本可能含有姓名(&amp;M)</translation>
        </message>
    </context>
    <context>
        <name>FeatureSorting</name>
        <message>
            <source>Comparing cells</source>
            <translation>正在比较细胞</translation>
        </message>
        <message>
            <source>Estimating the training value of each cell</source>
            <translation>正在估算每个细胞的训练价值</translation>
        </message>
        <message>
            <source>Reading features</source>
            <translation>正在读取特征</translation>
        </message>
        <message>
            <source>These cells cannot be compared: their features are not stored on this workstation.</source>
            <translation>无法比较这些细胞：本工作站未保存其特征。</translation>
        </message>
        <message>
            <source>They are stored on the workstation that analysed the slide. Choose another order.</source>
            <translation>特征保存在分析该玻片的工作站上。请选用其他排序方式。</translation>
        </message>
        <message>
            <source>comparing {0} of {1}</source>
            <translation>正在比较 {0} / {1}</translation>
        </message>
        <message>
            <source>similar to cell {0}</source>
            <translation>与 {0} 号细胞相似</translation>
        </message>
    </context>
    <context>
        <name>FindingStrip</name>
        <message>
            <source>Findings of the slide</source>
            <translation>玻片所见</translation>
        </message>
        <message>
            <source>Lower limit</source>
            <translation>下限</translation>
        </message>
        <message>
            <source>Upper limit</source>
            <translation>上限</translation>
        </message>
        <message>
            <source>limits {0} and {1}</source>
            <translation>界限 {0} 和 {1}</translation>
        </message>
        <message>
            <source>{0} cells</source>
            <translation>{0} 个细胞</translation>
        </message>
        <message>
            <source>{0}, because of labels by a reviewer</source>
            <translation>{0}，依据审核者的标注</translation>
        </message>
        <message>
            <source>{0}: score reached by {1} of patients with the condition; {2} of the others scored lower.</source>
            <translation>{0}：该病患者中 {1} 达到此评分；其他患者中 {2} 评分更低。</translation>
        </message>
    </context>
    <context>
        <name>FolderQuestionsPanel</name>
        <message>
            <source>A separate patient</source>
            <translation>单独的患者</translation>
        </message>
        <message>
            <source>A slide with such a folder is not imported before you answer, so that two patients are never joined by mistake. Answers about unknown names are stored for this site; patients' names are not stored.</source>
            <translation>含有此类文件夹的玻片须待您回答后才会导入，以免误将两位患者合并。对未知名称的答案会为本机构保存；患者姓名不予保存。</translation>
        </message>
        <message>
            <source>Answer</source>
            <translation>答案</translation>
        </message>
        <message>
            <source>Answer for the selected folders</source>
            <translation>所选文件夹的答案</translation>
        </message>
        <message>
            <source>Are these folders cell classes or patients?</source>
            <translation>这些文件夹是细胞类别还是患者？</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>Folders to decide on</source>
            <translation>待确定的文件夹</translation>
        </message>
        <message>
            <source>Ignore</source>
            <translation>不读取</translation>
        </message>
        <message>
            <source>Images</source>
            <translation>图像</translation>
        </message>
        <message>
            <source>Not answered</source>
            <translation>未回答</translation>
        </message>
        <message>
            <source>Place</source>
            <translation>位置</translation>
        </message>
        <message>
            <source>Read again with these answers</source>
            <translation>按这些答案重新读取</translation>
        </message>
        <message>
            <source>Similar to</source>
            <translation>名称同</translation>
        </message>
        <message>
            <source>The selected folders are:</source>
            <translation>所选文件夹是：</translation>
        </message>
        <message>
            <source>{0} folders</source>
            <translation>{0} 个文件夹</translation>
        </message>
    </context>
    <context>
        <name>GalleryDelegate</name>
        <message>
            <source>image cannot be read</source>
            <translation>图像无法读取</translation>
        </message>
    </context>
    <context>
        <name>GalleryModel</name>
        <message>
            <source>Cell {0}</source>
            <translation>{0} 号细胞</translation>
        </message>
        <message>
            <source>Not analysed yet</source>
            <translation>尚未分析</translation>
        </message>
        <message>
            <source>Not reviewed yet</source>
            <translation>尚未审核</translation>
        </message>
        <message>
            <source>analyser: {0}</source>
            <translation>阅片机：{0}</translation>
        </message>
        <message>
            <source>comment: {0}</source>
            <translation>备注：{0}</translation>
        </message>
        <message>
            <source>model, with the repaired outline: {0}, {1} %</source>
            <translation>模型（按修正后的轮廓）：{0}，{1}%</translation>
        </message>
        <message>
            <source>model: {0}, most probable {1}, {2} %</source>
            <translation>模型：{0}，最可能为{1}，{2}%</translation>
        </message>
        <message>
            <source>model: {0}, {1} %</source>
            <translation>模型：{0}，{1}%</translation>
        </message>
        <message>
            <source>reviewed: {0}</source>
            <translation>审核：{0}</translation>
        </message>
    </context>
    <context>
        <name>GalleryPanel</name>
        <message>
            <source>All cells</source>
            <translation>全部细胞</translation>
        </message>
        <message>
            <source>By number</source>
            <translation>按编号</translation>
        </message>
        <message>
            <source>Cells most useful for training the next model: uncertain, with differing classes, and of a class with few labelled cells.</source>
            <translation>对训练下一个模型最有帮助的细胞：不确定、分类不一致，且所属类别标注细胞较少。</translation>
        </message>
        <message>
            <source>Cells of the slide</source>
            <translation>玻片的细胞</translation>
        </message>
        <message>
            <source>Cells shown</source>
            <translation>显示哪些细胞</translation>
        </message>
        <message>
            <source>Choose a slide in the worklist, open a folder, or drop one here.</source>
            <translation>请在工作列表中选择玻片、打开文件夹，或将文件夹拖到此处。</translation>
        </message>
        <message>
            <source>Classes differ</source>
            <translation>分类不一致</translation>
        </message>
        <message>
            <source>Differs most from the other cells of its class, by the model's features.</source>
            <translation>按模型特征，与同类其他细胞差别最大。</translation>
        </message>
        <message>
            <source>Flagged</source>
            <translation>有提示</translation>
        </message>
        <message>
            <source>Highest N:C ratio first</source>
            <translation>核质比最高者在前</translation>
        </message>
        <message>
            <source>Least certain first</source>
            <translation>最不确定者在前</translation>
        </message>
        <message>
            <source>Least typical first</source>
            <translation>最不典型者在前</translation>
        </message>
        <message>
            <source>Listed cells ({0})</source>
            <translation>列出的细胞（{0}）</translation>
        </message>
        <message>
            <source>Most malignant first</source>
            <translation>恶性概率最高者在前</translation>
        </message>
        <message>
            <source>Most similar to this cell first</source>
            <translation>与此细胞最相似者在前</translation>
        </message>
        <message>
            <source>Most typical first</source>
            <translation>最典型者在前</translation>
        </message>
        <message>
            <source>Most useful for training first</source>
            <translation>最有训练价值的在前</translation>
        </message>
        <message>
            <source>Not opened</source>
            <translation>未查看大图</translation>
        </message>
        <message>
            <source>Not reviewed</source>
            <translation>未审核</translation>
        </message>
        <message>
            <source>Open a folder, or drop one here.</source>
            <translation>打开文件夹，或将其拖到此处。</translation>
        </message>
        <message>
            <source>Order of the cells</source>
            <translation>细胞排序</translation>
        </message>
        <message>
            <source>Similar to the current cell, by the model's features. Choose this order again for another cell.</source>
            <translation>按模型特征，与当前细胞相似。如需以其他细胞为准，请再次选择此项。</translation>
        </message>
        <message>
            <source>Similar to the other cells of its class, by the model's features.</source>
            <translation>按模型特征，与同类其他细胞相似。</translation>
        </message>
        <message>
            <source>Size of the thumbnails</source>
            <translation>缩略图大小</translation>
        </message>
        <message>
            <source>With a comment</source>
            <translation>有备注</translation>
        </message>
        <message>
            <source>amended and signed, read-only</source>
            <translation>已修订并签名，只读</translation>
        </message>
        <message>
            <source>imported</source>
            <translation>已导入</translation>
        </message>
        <message>
            <source>in review</source>
            <translation>审核中</translation>
        </message>
        <message>
            <source>second reading, blinded</source>
            <translation>第二次阅片（盲法）</translation>
        </message>
        <message>
            <source>signed, read-only</source>
            <translation>已签名，只读</translation>
        </message>
        <message>
            <source>{0} cells were added after the signature and are not shown</source>
            <translation>签名后又导入 {0} 个细胞，未显示</translation>
        </message>
        <message>
            <source>{0} not analysed yet</source>
            <translation>{0} 个尚未分析</translation>
        </message>
        <message>
            <source>{0} signed cells are missing: the signature is not valid</source>
            <translation>缺少 {0} 个已签名的细胞：签名无效</translation>
        </message>
        <message>
            <source>{0} · patient {1} · {2} cells · {3}</source>
            <translation>{0} · 患者 {1} · {2} 个细胞 · {3}</translation>
        </message>
        <message>
            <source>{0} · {1} cells · {2}</source>
            <translation>{0} · {1} 个细胞 · {2}</translation>
        </message>
    </context>
    <context>
        <name>GalleryView</name>
        <message>
            <source>drop to label</source>
            <translation>松开以标注</translation>
        </message>
        <message>
            <source>{0} reviewed</source>
            <translation>已审核 {0}</translation>
        </message>
    </context>
    <context>
        <name>GradeRow</name>
        <message>
            <source>not assessed</source>
            <translation>未评估</translation>
        </message>
    </context>
    <context>
        <name>GradingController</name>
        <message>
            <source>Loading the overview</source>
            <translation>正在加载概览图</translation>
        </message>
        <message>
            <source>Searching for overviews</source>
            <translation>正在查找概览图</translation>
        </message>
    </context>
    <context>
        <name>GradingDialog</name>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Features of this group without a grade are recorded as checked and not seen. The other groups, and estimates such as that of the platelets, stay open.</source>
            <translation>本组中未分级的特征记录为已检查、未见。其他组以及血小板估计等估计项保持未评估。</translation>
        </message>
        <message>
            <source>Grades: {0}.</source>
            <translation>分级依据：{0}。</translation>
        </message>
        <message>
            <source>Others not seen</source>
            <translation>其余未见</translation>
        </message>
        <message>
            <source>Red cells and platelets</source>
            <translation>红细胞与血小板</translation>
        </message>
        <message>
            <source>Save grades</source>
            <translation>保存分级</translation>
        </message>
        <message>
            <source>The model does not assess red cells and platelets; features without a grade are reported as not assessed. Press a digit to grade a feature and go to the next; “–” removes a grade.</source>
            <translation>模型不评估红细胞和血小板；未分级的项目在报告中列为“未评估”。按数字键为当前项目分级并转到下一项；“–”取消分级。</translation>
        </message>
        <message>
            <source>{0} overviews of this slide are not available; open its folder again to see them here.</source>
            <translation>该玻片有 {0} 张概览图无法显示；重新打开其文件夹即可在此查看。</translation>
        </message>
        <message>
            <source>{0}: others not seen</source>
            <translation>{0}：其余未见</translation>
        </message>
    </context>
    <context>
        <name>GradingSummary</name>
        <message>
            <source> · {0} normal</source>
            <translation> · {0} 项正常</translation>
        </message>
        <message>
            <source> · {0} not assessed</source>
            <translation> · {0} 项未评估</translation>
        </message>
        <message>
            <source>Grade red cells and platelets; the model claims nothing here.</source>
            <translation>为红细胞和血小板分级；模型对此不作判断。</translation>
        </message>
        <message>
            <source>Grade red cells and platelets; the model does not assess them.</source>
            <translation>为红细胞和血小板分级；模型不评估这些内容。</translation>
        </message>
        <message>
            <source>Grade…</source>
            <translation>分级…</translation>
        </message>
        <message>
            <source>Normal or not seen: {0}</source>
            <translation>正常或未见：{0}</translation>
        </message>
        <message>
            <source>Red cells and platelets</source>
            <translation>红细胞与血小板</translation>
        </message>
        <message>
            <source>Red cells and platelets: not assessed</source>
            <translation>红细胞与血小板：未评估</translation>
        </message>
        <message>
            <source>nothing abnormal</source>
            <translation>未见异常</translation>
        </message>
    </context>
    <context>
        <name>IdentityController</name>
        <message>
            <source>Patient and order of {0} are saved.</source>
            <translation>{0} 的患者与申请单已保存。</translation>
        </message>
        <message>
            <source>Reading the names</source>
            <translation>正在读取姓名</translation>
        </message>
        <message>
            <source>Saving</source>
            <translation>正在保存</translation>
        </message>
    </context>
    <context>
        <name>IdentityDialog</name>
        <message>
            <source>&amp;Birth date</source>
            <translation>出生日期(&amp;B)</translation>
        </message>
        <message>
            <source>&amp;Collected</source>
            <translation>采集时间(&amp;C)</translation>
        </message>
        <message>
            <source>&amp;Family name</source>
            <translation>姓(&amp;F)</translation>
        </message>
        <message>
            <source>&amp;Given name</source>
            <translation>名(&amp;G)</translation>
        </message>
        <message>
            <source>&amp;Order number</source>
            <translation>申请单号(&amp;O)</translation>
        </message>
        <message>
            <source>&amp;Requester</source>
            <translation>申请医生(&amp;R)</translation>
        </message>
        <message>
            <source>&amp;Specimen number</source>
            <translation>标本号(&amp;S)</translation>
        </message>
        <message>
            <source>&amp;Ward</source>
            <translation>病区(&amp;W)</translation>
        </message>
        <message>
            <source>Entered by a person.</source>
            <translation>由人工录入。</translation>
        </message>
        <message>
            <source>From the laboratory's order with this order number.</source>
            <translation>来自实验室中该申请单号的申请单。</translation>
        </message>
        <message>
            <source>From the names of the folders.</source>
            <translation>来自文件夹名称。</translation>
        </message>
        <message>
            <source>Patient &amp;number</source>
            <translation>患者编号(&amp;N)</translation>
        </message>
        <message>
            <source>Patient and order</source>
            <translation>患者与申请单</translation>
        </message>
        <message>
            <source>Se&amp;x</source>
            <translation>性别(&amp;X)</translation>
        </message>
        <message>
            <source>Slide {slide}</source>
            <translation>玻片 {slide}</translation>
        </message>
        <message>
            <source>These entries stay encrypted on this workstation. They name the slide here and, if chosen, in reports; slides of different patients are never joined because of them.</source>
            <translation>这些内容加密保存在本工作站，用于在此处以及（如选择）报告中标明玻片；不会因此合并不同患者的玻片。</translation>
        </message>
        <message>
            <source>YYYY-MM-DD</source>
            <translation>YYYY-MM-DD</translation>
        </message>
        <message>
            <source>YYYY-MM-DD HH:MM</source>
            <translation>YYYY-MM-DD HH:MM</translation>
        </message>
        <message>
            <source>female</source>
            <translation>女</translation>
        </message>
        <message>
            <source>male</source>
            <translation>男</translation>
        </message>
        <message>
            <source>not known</source>
            <translation>未知</translation>
        </message>
        <message>
            <source>other</source>
            <translation>其他</translation>
        </message>
    </context>
    <context>
        <name>ImageCheckController</name>
        <message>
            <source>Checking the images</source>
            <translation>正在检查图像</translation>
        </message>
        <message>
            <source>Images of {0} that cannot be shown: {1} missing, {2} changed since the import.</source>
            <translation>{0} 中无法显示的图像：{1} 个缺失，{2} 个在导入后已被改动。</translation>
        </message>
        <message>
            <source>The slide cannot be signed until the files are restored or its folder is opened again.</source>
            <translation>恢复文件或重新打开其文件夹之前，该玻片无法签名。</translation>
        </message>
    </context>
    <context>
        <name>ImageToolbar</name>
        <message>
            <source>Adjust</source>
            <translation>调整</translation>
        </message>
        <message>
            <source>Brightness</source>
            <translation>亮度</translation>
        </message>
        <message>
            <source>Brightness, contrast and gamma</source>
            <translation>亮度、对比度与伽马</translation>
        </message>
        <message>
            <source>Changes the display only, not the stored image.</source>
            <translation>仅改变显示，不改变所存图像。</translation>
        </message>
        <message>
            <source>Class-activation map: parts of the image that influenced the model</source>
            <translation>类激活图：影响模型的图像部位</translation>
        </message>
        <message>
            <source>Contrast</source>
            <translation>对比度</translation>
        </message>
        <message>
            <source>Fit the image into the view</source>
            <translation>使图像适合窗口</translation>
        </message>
        <message>
            <source>Gamma</source>
            <translation>伽马</translation>
        </message>
        <message>
            <source>Grad-CAM, computed by the model</source>
            <translation>Grad-CAM（由模型计算）</translation>
        </message>
        <message>
            <source>Map</source>
            <translation>激活图</translation>
        </message>
        <message>
            <source>Opacity of the map</source>
            <translation>激活图的不透明度</translation>
        </message>
        <message>
            <source>Outline</source>
            <translation>轮廓</translation>
        </message>
        <message>
            <source>Outline of cell and nucleus</source>
            <translation>细胞与细胞核的轮廓</translation>
        </message>
        <message>
            <source>Repair</source>
            <translation>修正</translation>
        </message>
        <message>
            <source>Repair the outline with brush or clicks</source>
            <translation>用画笔或点击修正轮廓</translation>
        </message>
        <message>
            <source>Reset</source>
            <translation>复位</translation>
        </message>
        <message>
            <source>Show the image as stored.</source>
            <translation>按存储时的原样显示图像。</translation>
        </message>
        <message>
            <source>Zoom in</source>
            <translation>放大</translation>
        </message>
        <message>
            <source>Zoom out</source>
            <translation>缩小</translation>
        </message>
        <message>
            <source>{percent:.0f} %</source>
            <translation>{percent:.0f}%</translation>
        </message>
    </context>
    <context>
        <name>ImportDialog</name>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Cells</source>
            <translation>细胞数</translation>
        </message>
        <message>
            <source>Cells of the selected slide by the analyser's class</source>
            <translation>所选玻片的细胞（按阅片机的分类）</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Import and analyse</source>
            <translation>导入并分析</translation>
        </message>
        <message>
            <source>Import slides</source>
            <translation>导入玻片</translation>
        </message>
        <message>
            <source>It is slide {0}, already imported: keep that slide with its review</source>
            <translation>这是已导入的玻片 {0}：保留该玻片及其审核记录</translation>
        </message>
        <message>
            <source>Names of patients and orders are shown because this is your own folder. They are replaced by pseudonyms on import. The folder itself is only read.</source>
            <translation>此处显示患者姓名和检验单号，因为这是您自己的文件夹。导入时姓名以编号替代。文件夹本身只读取、不改动。</translation>
        </message>
        <message>
            <source>No problems were found</source>
            <translation>未发现问题</translation>
        </message>
        <message>
            <source>No slides were found in “{name}”.</source>
            <translation>在“{name}”中未找到玻片。</translation>
        </message>
        <message>
            <source>One problem; the rest can be imported</source>
            <translation>1 个问题；其余可导入</translation>
        </message>
        <message>
            <source>One slide was found in “{name}”.</source>
            <translation>在“{name}”中找到 1 张玻片。</translation>
        </message>
        <message>
            <source>Problem</source>
            <translation>问题</translation>
        </message>
        <message>
            <source>Problems found</source>
            <translation>发现的问题</translation>
        </message>
        <message>
            <source>Read as classes: {0}</source>
            <translation>视为类别：{0}</translation>
        </message>
        <message>
            <source>Select all</source>
            <translation>全选</translation>
        </message>
        <message>
            <source>Select none</source>
            <translation>全不选</translation>
        </message>
        <message>
            <source>Selected</source>
            <translation>选用</translation>
        </message>
        <message>
            <source>Slide</source>
            <translation>玻片</translation>
        </message>
        <message>
            <source>Slides found; press Space to select a slide</source>
            <translation>找到的玻片；按空格键勾选</translation>
        </message>
        <message>
            <source>The archive does not state the encoding of its file names. Read them as</source>
            <translation>压缩包未注明名称的编码。读取方式：</translation>
        </message>
        <message>
            <source>What it means</source>
            <translation>含义</translation>
        </message>
        <message>
            <source>{count:,} problems; the rest can be imported</source>
            <translation>{count:,} 个问题；其余可导入</translation>
        </message>
        <message>
            <source>{count} slides were found in “{name}”.</source>
            <translation>在“{name}”中找到 {count} 张玻片。</translation>
        </message>
        <message>
            <source>{ticked} of {all} selected, {cells:,} cells</source>
            <translation>已勾选 {ticked} / {all}，共 {cells:,} 个细胞</translation>
        </message>
    </context>
    <context>
        <name>JobNotifications</name>
        <message>
            <source>Press F5 to continue.</source>
            <translation>按 F5 继续。</translation>
        </message>
        <message>
            <source>The analysis was stopped; finished cells are kept.</source>
            <translation>分析已停止；已完成的细胞均已保存。</translation>
        </message>
        <message>
            <source>The report is complete.</source>
            <translation>报告已生成。</translation>
        </message>
        <message>
            <source>They stay in the gallery. The slide cannot be signed until their images are restored.</source>
            <translation>它们仍保留在图库中。图像恢复之前，玻片无法签名。</translation>
        </message>
        <message>
            <source>To classify it with the model in use, amend the slide and analyse it.</source>
            <translation>如需当前模型的预测，请先修订该玻片，再进行分析。</translation>
        </message>
        <message>
            <source>{0} cells of {1} could not be analysed: their images cannot be read.</source>
            <translation>玻片 {1} 有 {0} 个细胞无法分析：其图像无法读取。</translation>
        </message>
        <message>
            <source>{0} is signed: it keeps the predictions of the model with which it was signed.</source>
            <translation>{0} 已签名：保留签名时模型的预测。</translation>
        </message>
    </context>
    <context>
        <name>LabelActions</name>
        <message>
            <source>All cells shown are reviewed.</source>
            <translation>所示细胞均已审核。</translation>
        </message>
        <message>
            <source>Cells without a class by the analyser, left unchanged: {0}.</source>
            <translation>没有阅片机类别、保持不变的细胞：{0} 个。</translation>
        </message>
        <message>
            <source>Check the cells and press the key again.</source>
            <translation>请查看这些细胞后再次按键。</translation>
        </message>
        <message>
            <source>Choose “All cells” above the gallery.</source>
            <translation>请在图库上方选择“全部细胞”。</translation>
        </message>
        <message>
            <source>Give {0} cells the analyser's class?</source>
            <translation>将 {0} 个细胞标为阅片机的类别？</translation>
        </message>
        <message>
            <source>Label as</source>
            <translation>标注为</translation>
        </message>
        <message>
            <source>Label {0} cells</source>
            <translation>标记 {0} 个细胞</translation>
        </message>
        <message>
            <source>Label {0} cells as {1}?</source>
            <translation>将 {0} 个细胞标为{1}？</translation>
        </message>
        <message>
            <source>Many cells</source>
            <translation>细胞较多</translation>
        </message>
        <message>
            <source>Most probable</source>
            <translation>最可能</translation>
        </message>
        <message>
            <source>The filter hides these cells.</source>
            <translation>这些细胞被筛选条件隐藏。</translation>
        </message>
        <message>
            <source>The model's class changed while the key was pressed, so nothing was accepted.</source>
            <translation>按键时模型的分类发生了变化，因此未接受任何分类。</translation>
        </message>
    </context>
    <context>
        <name>LaboratoryController</name>
        <message>
            <source>Exchanging with the laboratory</source>
            <translation>正在与实验室交换数据</translation>
        </message>
        <message>
            <source>Laboratory › Results and orders lists the results.</source>
            <translation>结果列表见“实验室›实验室”。</translation>
        </message>
        <message>
            <source>Laboratory › Results and orders shows them; nothing is joined before somebody decides.</source>
            <translation>见“实验室›实验室”；有人确认前不会合并任何数据。</translation>
        </message>
        <message>
            <source>Laboratory › Results and orders tells why.</source>
            <translation>原因见“实验室›实验室”。</translation>
        </message>
        <message>
            <source>Listening for orders</source>
            <translation>正在监听申请单</translation>
        </message>
        <message>
            <source>Reading the blood count</source>
            <translation>正在读取血常规</translation>
        </message>
        <message>
            <source>Reading the lists of the laboratory</source>
            <translation>正在读取实验室列表</translation>
        </message>
        <message>
            <source>Saved.</source>
            <translation>已保存。</translation>
        </message>
        <message>
            <source>Saving the settings</source>
            <translation>正在保存设置</translation>
        </message>
        <message>
            <source>Sending results</source>
            <translation>正在发送结果</translation>
        </message>
        <message>
            <source>Storing the decision</source>
            <translation>正在保存决定</translation>
        </message>
        <message>
            <source>The identity vault is missing.</source>
            <translation>缺少身份库。</translation>
        </message>
        <message>
            <source>The laboratory's system refused {0} results.</source>
            <translation>实验室信息系统拒收了 {0} 份结果。</translation>
        </message>
        <message>
            <source>This installation exchanges nothing with the laboratory.</source>
            <translation>本安装不与实验室交换数据。</translation>
        </message>
        <message>
            <source>folder {0}</source>
            <translation>文件夹 {0}</translation>
        </message>
        <message>
            <source>listening at {0}:{1}</source>
            <translation>正在 {0}:{1} 监听</translation>
        </message>
        <message>
            <source>orders are not taken</source>
            <translation>不接收申请单</translation>
        </message>
        <message>
            <source>{0} messages of the laboratory could not be read.</source>
            <translation>有 {0} 条实验室消息无法读取。</translation>
        </message>
        <message>
            <source>{0} orders or blood counts contradict what is known of the patient.</source>
            <translation>有 {0} 份申请单或血常规与已知患者信息不一致。</translation>
        </message>
    </context>
    <context>
        <name>LaboratoryDialog</name>
        <message>
            <source>Laboratory</source>
            <translation>实验室</translation>
        </message>
        <message>
            <source>Orders and blood counts</source>
            <translation>申请单与血常规</translation>
        </message>
        <message>
            <source>Results sent</source>
            <translation>结果发送</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>设置</translation>
        </message>
    </context>
    <context>
        <name>LeveyJenningsChart</name>
        <message>
            <source>Levey–Jennings chart</source>
            <translation>Levey–Jennings 质控图</translation>
        </message>
        <message>
            <source>No measurement yet.</source>
            <translation>尚无测量。</translation>
        </message>
        <message>
            <source>mean</source>
            <translation>均值</translation>
        </message>
        <message>
            <source>{0} measurements, {1} outside the control rules</source>
            <translation>{0} 次测量，{1} 次违反规则</translation>
        </message>
    </context>
    <context>
        <name>LicencesDialog</name>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Licences</source>
            <translation>许可证</translation>
        </message>
        <message>
            <source>Licences of LeukView and of the libraries it uses</source>
            <translation>LeukView 及其所用程序库的许可证</translation>
        </message>
    </context>
    <context>
        <name>LockScreen</name>
        <message>
            <source>Actions from now on are recorded under this name.</source>
            <translation>此后的操作均以该姓名记录。</translation>
        </message>
        <message>
            <source>Everything is saved, and an analysis in progress continues. Enter your PIN to unlock.</source>
            <translation>一切均已保存，正在进行的分析会继续。输入 PIN 码即可解锁。</translation>
        </message>
        <message>
            <source>PIN</source>
            <translation>PIN 码</translation>
        </message>
        <message>
            <source>Reason why it stays locked</source>
            <translation>仍未解锁的原因</translation>
        </message>
        <message>
            <source>Reviewer</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>Start</source>
            <translation>开始</translation>
        </message>
        <message>
            <source>The window is locked</source>
            <translation>窗口已锁定</translation>
        </message>
        <message>
            <source>Unlock</source>
            <translation>解锁</translation>
        </message>
        <message>
            <source>Who is the reviewer?</source>
            <translation>由谁审核？</translation>
        </message>
    </context>
    <context>
        <name>MainWindow</name>
        <message>
            <source>Another slide is open now, so nothing was recorded.</source>
            <translation>当前打开的是另一张玻片，因此未作记录。</translation>
        </message>
        <message>
            <source>If the window does not close, close it once more; this action is then lost.</source>
            <translation>如果窗口没有关闭，请再次关闭；该操作将丢失。</translation>
        </message>
        <message>
            <source>LeukView · research use only</source>
            <translation>LeukView · 仅供科研使用</translation>
        </message>
        <message>
            <source>Open the intended slide and repeat the step.</source>
            <translation>请打开相应的玻片后重做此步骤。</translation>
        </message>
        <message>
            <source>The last action is being saved; the window closes when it is stored.</source>
            <translation>上一操作正在保存；保存后窗口将关闭。</translation>
        </message>
        <message>
            <source>{0} cells selected</source>
            <translation>已选 {0} 个细胞</translation>
        </message>
    </context>
    <context>
        <name>MaskEditController</name>
        <message>
            <source>Accept it (Space) or cancel (Esc), then close the window.</source>
            <translation>请先采用（空格）或取消（Esc），再关闭窗口。</translation>
        </message>
        <message>
            <source>Applying a click</source>
            <translation>正在按点击修正</translation>
        </message>
        <message>
            <source>Choose the region, then click where the outline is wrong. Right button: area outside the region.</source>
            <translation>先选区域，再点击轮廓有误之处；右键：其外侧的区域。</translation>
        </message>
        <message>
            <source>Clicks are applied by Segment Anything ({id}).</source>
            <translation>由 Segment Anything 响应点击（{id}）。</translation>
        </message>
        <message>
            <source>Clicks are applied by the segmenter ({id}).</source>
            <translation>由分割器响应点击（{id}）。</translation>
        </message>
        <message>
            <source>Loading the outline</source>
            <translation>正在加载轮廓</translation>
        </message>
        <message>
            <source>Preparing the repair by clicks</source>
            <translation>正在准备点击修正</translation>
        </message>
        <message>
            <source>Preparing the repair by clicks…</source>
            <translation>正在准备点击修正…</translation>
        </message>
        <message>
            <source>Repair by clicks is not possible: {why}</source>
            <translation>无法使用点击修正：{why}</translation>
        </message>
        <message>
            <source>The image is not loaded yet: its outline cannot be repaired.</source>
            <translation>图像尚未加载，无法修正轮廓。</translation>
        </message>
        <message>
            <source>The repair of an outline was cancelled because the slide or the reviewer changed.</source>
            <translation>轮廓修正已取消：玻片或审核者已更换。</translation>
        </message>
        <message>
            <source>The repaired outline is not saved yet.</source>
            <translation>修正的轮廓尚未保存。</translation>
        </message>
    </context>
    <context>
        <name>MaskReclassifier</name>
        <message>
            <source>Classifying with the repaired outline</source>
            <translation>正在按修正后的轮廓分类</translation>
        </message>
    </context>
    <context>
        <name>MaskToolbar</name>
        <message>
            <source>About the tool</source>
            <translation>工具说明</translation>
        </message>
        <message>
            <source>Background</source>
            <translation>背景</translation>
        </message>
        <message>
            <source>Brush</source>
            <translation>画笔</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Click where the outline is wrong</source>
            <translation>点击轮廓有误之处</translation>
        </message>
        <message>
            <source>Clicks</source>
            <translation>点击</translation>
        </message>
        <message>
            <source>Cytoplasm</source>
            <translation>细胞质</translation>
        </message>
        <message>
            <source>Discard the changes to the outline</source>
            <translation>放弃对轮廓的更改</translation>
        </message>
        <message>
            <source>Left button: the selected region; right button: area outside it. Zoom with the wheel.</source>
            <translation>左键：所选区域；右键：其外侧的区域。滚轮缩放。</translation>
        </message>
        <message>
            <source>Measured on the outline</source>
            <translation>按轮廓测得</translation>
        </message>
        <message>
            <source>N:C ratio {ratio:.2f} · cell {cell:,} px · nucleus {nucleus:,} px</source>
            <translation>核质比 {ratio:.2f} · 细胞 {cell:,} 像素 · 细胞核 {nucleus:,} 像素</translation>
        </message>
        <message>
            <source>No cell is outlined</source>
            <translation>未勾画细胞</translation>
        </message>
        <message>
            <source>Nucleus</source>
            <translation>细胞核</translation>
        </message>
        <message>
            <source>Paint with the mouse</source>
            <translation>用鼠标涂画</translation>
        </message>
        <message>
            <source>Radius of the brush</source>
            <translation>画笔半径</translation>
        </message>
        <message>
            <source>Radius of the brush in pixels</source>
            <translation>画笔半径（像素）</translation>
        </message>
        <message>
            <source>Redo</source>
            <translation>重做</translation>
        </message>
        <message>
            <source>Redo the change that was undone</source>
            <translation>重做已撤销的操作</translation>
        </message>
        <message>
            <source>Repair of the outline</source>
            <translation>轮廓修正</translation>
        </message>
        <message>
            <source>Save the outline and classify the cell with it</source>
            <translation>保存轮廓，并按它重新分类</translation>
        </message>
        <message>
            <source>Segmenter's outline</source>
            <translation>分割器的轮廓</translation>
        </message>
        <message>
            <source>Start again from the segmenter's outline</source>
            <translation>从分割器的轮廓重新开始</translation>
        </message>
        <message>
            <source>The left button marks background</source>
            <translation>左键标为背景</translation>
        </message>
        <message>
            <source>The left button marks cytoplasm</source>
            <translation>左键标为细胞质</translation>
        </message>
        <message>
            <source>The left button marks nucleus</source>
            <translation>左键标为细胞核</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>撤销</translation>
        </message>
        <message>
            <source>Undo the last stroke or click</source>
            <translation>撤销上一笔或上一次点击</translation>
        </message>
        <message>
            <source>Use this outline</source>
            <translation>采用此轮廓</translation>
        </message>
        <message>
            <source>{radius} px</source>
            <translation>{radius} 像素</translation>
        </message>
    </context>
    <context>
        <name>MeaningCombo</name>
        <message>
            <source>Meaning of the signature</source>
            <translation>签名的含义</translation>
        </message>
    </context>
    <context>
        <name>ModelComparisonDialog</name>
        <message>
            <source>Add cells…</source>
            <translation>添加细胞…</translation>
        </message>
        <message>
            <source>All acceptance criteria are met: a person may sign this comparison and install the candidate.</source>
            <translation>所有把关指标均达标：可由一人签署此比较报告并安装候选模型。</translation>
        </message>
        <message>
            <source>Both models classify the same cells, all from patients kept for comparison. Model in use: {0}.</source>
            <translation>两个模型判读相同的细胞，均来自留作比较的患者。当前使用的模型：{0}。</translation>
        </message>
        <message>
            <source>Candidate</source>
            <translation>候选模型</translation>
        </message>
        <message>
            <source>Cells for the comparison</source>
            <translation>用于比较的细胞</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>比较</translation>
        </message>
        <message>
            <source>Compare a candidate with the model in use</source>
            <translation>将候选模型与当前模型比较</translation>
        </message>
        <message>
            <source>Comparing. This takes about a minute per thousand cells and can be cancelled.</source>
            <translation>正在比较。每一千个细胞约需一分钟，可以取消。</translation>
        </message>
        <message>
            <source>Comparison</source>
            <translation>比较报告</translation>
        </message>
        <message>
            <source>Comparison (*.json)</source>
            <translation>比较报告 (*.json)</translation>
        </message>
        <message>
            <source>Folder of a model bundle, as written by training.bundle.build</source>
            <translation>模型包文件夹，由 training.bundle.build 写出</translation>
        </message>
        <message>
            <source>Folder of the candidate</source>
            <translation>候选模型的文件夹</translation>
        </message>
        <message>
            <source>Folder that contains “cells”</source>
            <translation>包含“cells”的文件夹</translation>
        </message>
        <message>
            <source>Outcome</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>移除</translation>
        </message>
        <message>
            <source>Save the comparison</source>
            <translation>保存比较报告</translation>
        </message>
        <message>
            <source>Save…</source>
            <translation>保存…</translation>
        </message>
        <message>
            <source>Sign and install…</source>
            <translation>签署并安装…</translation>
        </message>
        <message>
            <source>The candidate must not be installed.</source>
            <translation>候选模型不得安装。</translation>
        </message>
        <message>
            <source>The comparison appears here.</source>
            <translation>比较报告显示在这里。</translation>
        </message>
    </context>
    <context>
        <name>ModelRegistryDialog</name>
        <message>
            <source>&amp;Compare a candidate…</source>
            <translation>比较候选模型(&amp;C)…</translation>
        </message>
        <message>
            <source>&amp;Roll back…</source>
            <translation>回退(&amp;R)…</translation>
        </message>
        <message>
            <source>Action</source>
            <translation>操作</translation>
        </message>
        <message>
            <source>Another model comes into use only when a person signs a comparison in which all acceptance criteria are met. Slides keep their predictions; each prediction names its model.</source>
            <translation>只有当所有把关指标均达标，并由一人签署比较报告后，才会启用另一个模型。玻片保留已有的预测；每项预测都注明所用的模型。</translation>
        </message>
        <message>
            <source>Check again</source>
            <translation>重新检查</translation>
        </message>
        <message>
            <source>Checking the models…</source>
            <translation>正在检查模型…</translation>
        </message>
        <message>
            <source>Comparison</source>
            <translation>比较报告</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Installation history</source>
            <translation>安装记录</translation>
        </message>
        <message>
            <source>Installed by</source>
            <translation>安装者</translation>
        </message>
        <message>
            <source>Meaning</source>
            <translation>签名含义</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Model card</source>
            <translation>模型卡</translation>
        </message>
        <message>
            <source>Model in use</source>
            <translation>当前使用的模型</translation>
        </message>
        <message>
            <source>Model in use: {0}.</source>
            <translation>当前使用的模型：{0}。</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Models of this workstation</source>
            <translation>本工作站的模型</translation>
        </message>
        <message>
            <source>No model was installed yet.</source>
            <translation>尚未安装过模型。</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>理由</translation>
        </message>
        <message>
            <source>SHA-256</source>
            <translation>SHA-256</translation>
        </message>
        <message>
            <source>Signed by</source>
            <translation>签署人</translation>
        </message>
        <message>
            <source>Status</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>The hash chain of {0} entries is intact.</source>
            <translation>{0} 条记录的哈希链完整。</translation>
        </message>
        <message>
            <source>The model registry was changed outside LeukView: entry {0} is the first invalid one.</source>
            <translation>模型登记簿在 LeukView 之外被改动：第 {0} 条记录是第一条损坏的。</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>Use the previous model again.</source>
            <translation>重新使用先前的模型。</translation>
        </message>
        <message>
            <source>in use</source>
            <translation>使用中</translation>
        </message>
        <message>
            <source>installed</source>
            <translation>安装</translation>
        </message>
        <message>
            <source>not in use</source>
            <translation>未使用</translation>
        </message>
        <message>
            <source>previously in use</source>
            <translation>曾使用</translation>
        </message>
        <message>
            <source>rolled back to</source>
            <translation>回退至</translation>
        </message>
        <message>
            <source>{0}, ships with LeukView</source>
            <translation>{0}，随 LeukView 提供</translation>
        </message>
    </context>
    <context>
        <name>ModelSignatureDialog</name>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>First and last name, as printed</source>
            <translation>将印在报告上的姓名</translation>
        </message>
        <message>
            <source>Meaning</source>
            <translation>签名含义</translation>
        </message>
        <message>
            <source>PIN</source>
            <translation>PIN 码</translation>
        </message>
        <message>
            <source>Printed name</source>
            <translation>签名人姓名</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>理由</translation>
        </message>
        <message>
            <source>Sign</source>
            <translation>签署</translation>
        </message>
    </context>
    <context>
        <name>ModelsController</name>
        <message>
            <source>Cells analysed from now on are classified by the previous model.</source>
            <translation>之后分析的细胞由先前的模型分类。</translation>
        </message>
        <message>
            <source>Cells analysed from now on are classified by {0} instead of {1}. Your signature applies to the comparison of the two models.</source>
            <translation>之后分析的细胞由 {0} 取代 {1} 分类。您签署的是两个模型的比较报告。</translation>
        </message>
        <message>
            <source>Checking the models</source>
            <translation>正在检查模型</translation>
        </message>
        <message>
            <source>Comparing models</source>
            <translation>正在比较模型</translation>
        </message>
        <message>
            <source>Installing the model</source>
            <translation>正在安装模型</translation>
        </message>
        <message>
            <source>Model in use from now on: {0}.</source>
            <translation>从现在起使用的模型：{0}。</translation>
        </message>
        <message>
            <source>Roll back</source>
            <translation>回退</translation>
        </message>
        <message>
            <source>Rolling back</source>
            <translation>正在回退</translation>
        </message>
        <message>
            <source>Saving the comparison</source>
            <translation>正在保存比较报告</translation>
        </message>
        <message>
            <source>Sign the comparison and install the model</source>
            <translation>签署比较报告并安装模型</translation>
        </message>
        <message>
            <source>Slides keep their predictions. Press F5 to classify an unsigned slide with the model in use.</source>
            <translation>玻片保留已有的预测；对未签名的玻片按 F5 可由当前模型重新预测。</translation>
        </message>
        <message>
            <source>The comparison was saved.</source>
            <translation>比较报告已保存。</translation>
        </message>
    </context>
    <context>
        <name>NotificationBar</name>
        <message>
            <source>Close the message</source>
            <translation>关闭提示</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>{0} more</source>
            <translation>另有 {0} 条</translation>
        </message>
    </context>
    <context>
        <name>OrdersPage</name>
        <message>
            <source>Arrived</source>
            <translation>收到</translation>
        </message>
        <message>
            <source>Birth date</source>
            <translation>出生日期</translation>
        </message>
        <message>
            <source>Family name</source>
            <translation>姓</translation>
        </message>
        <message>
            <source>Given name</source>
            <translation>名</translation>
        </message>
        <message>
            <source>Is it the same patient? Until somebody decides, what arrived is not used.</source>
            <translation>是同一患者吗？有人确认前，不使用收到的数据。</translation>
        </message>
        <message>
            <source>Keep what was known</source>
            <translation>保留已知信息</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>类型</translation>
        </message>
        <message>
            <source>Known</source>
            <translation>已知</translation>
        </message>
        <message>
            <source>Nothing to be decided</source>
            <translation>无待确认项</translation>
        </message>
        <message>
            <source>Only somebody who may see names of patients decides.</source>
            <translation>须由有权查看患者姓名的人员确认。</translation>
        </message>
        <message>
            <source>Order</source>
            <translation>申请单</translation>
        </message>
        <message>
            <source>Order, specimen</source>
            <translation>申请单、标本</translation>
        </message>
        <message>
            <source>Orders and blood counts</source>
            <translation>申请单与血常规</translation>
        </message>
        <message>
            <source>Patient</source>
            <translation>患者</translation>
        </message>
        <message>
            <source>Patient number</source>
            <translation>患者编号</translation>
        </message>
        <message>
            <source>Remark</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>Sex</source>
            <translation>性别</translation>
        </message>
        <message>
            <source>Specimen</source>
            <translation>标本</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>State of the orders</source>
            <translation>申请单状态</translation>
        </message>
        <message>
            <source>To be decided only</source>
            <translation>仅待确认</translation>
        </message>
        <message>
            <source>Use what arrived</source>
            <translation>使用收到的信息</translation>
        </message>
        <message>
            <source>blood count</source>
            <translation>血常规</translation>
        </message>
        <message>
            <source>cancelled</source>
            <translation>已取消</translation>
        </message>
        <message>
            <source>message</source>
            <translation>消息</translation>
        </message>
        <message>
            <source>not used, by {0}</source>
            <translation>未使用，{0}</translation>
        </message>
        <message>
            <source>order</source>
            <translation>申请单</translation>
        </message>
        <message>
            <source>recorded</source>
            <translation>已记录</translation>
        </message>
        <message>
            <source>used, by {0}</source>
            <translation>已使用，{0}</translation>
        </message>
        <message>
            <source>{0} to be decided</source>
            <translation>{0} 项待确认</translation>
        </message>
        <message>
            <source>⚠ refused</source>
            <translation>⚠ 拒收</translation>
        </message>
        <message>
            <source>⚠ to be decided</source>
            <translation>⚠ 待确认</translation>
        </message>
    </context>
    <context>
        <name>OutboxPage</name>
        <message>
            <source>Answer</source>
            <translation>应答</translation>
        </message>
        <message>
            <source>Attempts</source>
            <translation>尝试次数</translation>
        </message>
        <message>
            <source>Next attempt: {0}.</source>
            <translation>下次尝试：{0}。</translation>
        </message>
        <message>
            <source>Queued</source>
            <translation>排队时间</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>原因</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Results</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Results are not sent. The settings turn this on.</source>
            <translation>未启用结果发送，可在设置中启用。</translation>
        </message>
        <message>
            <source>Send again</source>
            <translation>重新发送</translation>
        </message>
        <message>
            <source>Send all now</source>
            <translation>立即全部发送</translation>
        </message>
        <message>
            <source>Send the selected result again, under the same message number.</source>
            <translation>以相同的消息编号重新发送所选结果。</translation>
        </message>
        <message>
            <source>Slide</source>
            <translation>玻片</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>State of the outbox</source>
            <translation>发件箱状态</translation>
        </message>
        <message>
            <source>Try everything that waits or was refused at once.</source>
            <translation>立即重试所有等待中或被拒收的结果。</translation>
        </message>
        <message>
            <source>corrected</source>
            <translation>更正报告</translation>
        </message>
        <message>
            <source>delivered</source>
            <translation>已送达</translation>
        </message>
        <message>
            <source>final</source>
            <translation>最终报告</translation>
        </message>
        <message>
            <source>hidden: it may name the patient</source>
            <translation>已隐藏：可能含患者姓名</translation>
        </message>
        <message>
            <source>waiting</source>
            <translation>等待中</translation>
        </message>
        <message>
            <source>withdrawn</source>
            <translation>已撤回</translation>
        </message>
        <message>
            <source>{0} waiting · {1} refused · {2} delivered</source>
            <translation>等待 {0} · 拒收 {1} · 送达 {2}</translation>
        </message>
        <message>
            <source>⚠ refused</source>
            <translation>⚠ 拒收</translation>
        </message>
    </context>
    <context>
        <name>OverviewPane</name>
        <message>
            <source>Loading the image…</source>
            <translation>正在加载图像…</translation>
        </message>
        <message>
            <source>Next overview</source>
            <translation>下一张概览图</translation>
        </message>
        <message>
            <source>Overview of the slide; zoom with the wheel, plus and minus; 0 fits it to the window</source>
            <translation>玻片概览图；滚轮或加减键缩放，0 键适合窗口</translation>
        </message>
        <message>
            <source>Overview {0} of {1}</source>
            <translation>概览图 {0} / {1}</translation>
        </message>
        <message>
            <source>Previous overview</source>
            <translation>上一张概览图</translation>
        </message>
    </context>
    <context>
        <name>PlotsDialog</name>
        <message>
            <source>Scattergrams</source>
            <translation>散点图</translation>
        </message>
        <message>
            <source>This image cannot be read.</source>
            <translation>无法读取该图像。</translation>
        </message>
    </context>
    <context>
        <name>Preferences</name>
        <message>
            <source>The language changes when LeukView is restarted.</source>
            <translation>语言将在 LeukView 重新启动后生效。</translation>
        </message>
        <message>
            <source>The old file was kept in the same folder as {0}.</source>
            <translation>旧文件以 {0} 之名保留在同一文件夹中。</translation>
        </message>
        <message>
            <source>The settings of the window cannot be saved: {0}.</source>
            <translation>无法保存窗口设置：{0}。</translation>
        </message>
        <message>
            <source>The window settings cannot be read at the moment; the defaults are used.</source>
            <translation>目前无法读取窗口设置，因此以默认设置启动。</translation>
        </message>
        <message>
            <source>The window settings were damaged; the defaults are used.</source>
            <translation>窗口设置已损坏，因此以默认设置启动。</translation>
        </message>
        <message>
            <source>They are not overwritten. Restart LeukView when the settings folder can be read.</source>
            <translation>原设置不会被覆盖。文件夹可读后请重新启动 LeukView。</translation>
        </message>
        <message>
            <source>Your reviews are stored separately and are not affected.</source>
            <translation>您的审核保存在别处，不受影响。</translation>
        </message>
    </context>
    <context>
        <name>QualityController</name>
        <message>
            <source>Measuring the slide</source>
            <translation>正在测量玻片</translation>
        </message>
        <message>
            <source>Reading reviews</source>
            <translation>正在读取审核记录</translation>
        </message>
        <message>
            <source>Reading the runs</source>
            <translation>正在读取测量记录</translation>
        </message>
    </context>
    <context>
        <name>QualityDialog</name>
        <message>
            <source>&amp;Measure slide {0} as reference slide</source>
            <translation>将玻片 {0} 作为参考玻片测量(&amp;M)</translation>
        </message>
        <message>
            <source>95 % interval</source>
            <translation>95% 置信区间</translation>
        </message>
        <message>
            <source>Class of the model</source>
            <translation>模型的类别</translation>
        </message>
        <message>
            <source>Drift</source>
            <translation>漂移</translation>
        </message>
        <message>
            <source>How often reviewers overrode the model</source>
            <translation>审核者改判模型结果的频率</translation>
        </message>
        <message>
            <source>Measure</source>
            <translation>指标</translation>
        </message>
        <message>
            <source>Measurements of the reference slide</source>
            <translation>参考玻片的测量记录</translation>
        </message>
        <message>
            <source>Overridden</source>
            <translation>被改判</translation>
        </message>
        <message>
            <source>Quality control</source>
            <translation>质量控制</translation>
        </message>
        <message>
            <source>Reference slide</source>
            <translation>参考玻片</translation>
        </message>
        <message>
            <source>Reviewed</source>
            <translation>已审核</translation>
        </message>
        <message>
            <source>Rule broken</source>
            <translation>违反的规则</translation>
        </message>
        <message>
            <source>Share of cells reviewed by a person, classified by the model on its own outline, whose class was overridden by a class outside the model's. A week is marked when its interval lies above the rate of all earlier weeks: check stain, analyser and model.</source>
            <translation>模型按自身轮廓分类、又经人工判定的细胞中，被改判到模型类别之外者所占比例。若某周的区间高于此前各周的总比率，则予以标记：请检查染色、阅片机和模型。</translation>
        </message>
        <message>
            <source>Slide</source>
            <translation>玻片</translation>
        </message>
        <message>
            <source>The last measurement lies within the limits.</source>
            <translation>最近一次测量在控。</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>数值</translation>
        </message>
        <message>
            <source>Week</source>
            <translation>周</translation>
        </message>
        <message>
            <source>{0} earlier measurements with another model are not included.</source>
            <translation>此前用其他模型的 {0} 次测量不计入此项。</translation>
        </message>
        <message>
            <source>{0} measurements; control rules apply from measurement {1} on.</source>
            <translation>已测量 {0} 次；自第 {1} 次起按质控规则判定。</translation>
        </message>
        <message>
            <source>⚠ The last measurement violates the Westgard rule {0}. Check stain and focus before reviewing slides.</source>
            <translation>⚠ 最近一次测量违反 Westgard 规则 {0}。审核玻片前请检查染色与对焦。</translation>
        </message>
        <message>
            <source>⚠ higher than before</source>
            <translation>⚠ 高于以往</translation>
        </message>
    </context>
    <context>
        <name>QuizPage</name>
        <message>
            <source>Cell to classify</source>
            <translation>待分类细胞</translation>
        </message>
        <message>
            <source>Cell {0} of {1}</source>
            <translation>第 {0} 个细胞，共 {1} 个</translation>
        </message>
        <message>
            <source>The image of this cell is missing.</source>
            <translation>缺少该细胞的图像。</translation>
        </message>
    </context>
    <context>
        <name>ReopenDialog</name>
        <message>
            <source>Amend</source>
            <translation>修订</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>理由</translation>
        </message>
        <message>
            <source>Reason, as printed in the record and the report</source>
            <translation>理由，将写入记录和报告</translation>
        </message>
        <message>
            <source>Signed by {who}, {when}</source>
            <translation>签名：{who}，{when}</translation>
        </message>
        <message>
            <source>Slide {slide}</source>
            <translation>玻片 {slide}</translation>
        </message>
        <message>
            <source>Why is the signed slide amended? The first signature stays on record.</source>
            <translation>为何修订已签名的玻片？原签名保留在案。</translation>
        </message>
    </context>
    <context>
        <name>ReportController</name>
        <message>
            <source>Reading the report settings</source>
            <translation>正在读取报告设置</translation>
        </message>
    </context>
    <context>
        <name>ReportDialog</name>
        <message>
            <source>&amp;Certificate</source>
            <translation>证书(&amp;C)</translation>
        </message>
        <message>
            <source>&amp;File</source>
            <translation>文件(&amp;F)</translation>
        </message>
        <message>
            <source>&amp;Language of the report</source>
            <translation>报告语言(&amp;L)</translation>
        </message>
        <message>
            <source>&amp;Paper</source>
            <translation>纸张(&amp;P)</translation>
        </message>
        <message>
            <source>&amp;Sign the file with the site's certificate</source>
            <translation>用本机构证书为文件签名(&amp;S)</translation>
        </message>
        <message>
            <source>A file of this name exists and will be replaced.</source>
            <translation>已有同名文件，将被替换。</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Certificate</source>
            <translation>证书</translation>
        </message>
        <message>
            <source>Certificates (*.p12 *.pfx)</source>
            <translation>证书 (*.p12 *.pfx)</translation>
        </message>
        <message>
            <source>Choose the certificate</source>
            <translation>选择证书</translation>
        </message>
        <message>
            <source>Choose the file</source>
            <translation>选择文件</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>导出</translation>
        </message>
        <message>
            <source>Export report</source>
            <translation>导出报告</translation>
        </message>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Language of the report</source>
            <translation>报告语言</translation>
        </message>
        <message>
            <source>PDF (*.pdf)</source>
            <translation>PDF (*.pdf)</translation>
        </message>
        <message>
            <source>PKCS#12 file (.p12, .pfx)</source>
            <translation>PKCS#12 文件（.p12、.pfx）</translation>
        </message>
        <message>
            <source>Paper</source>
            <translation>纸张</translation>
        </message>
        <message>
            <source>Pass&amp;word</source>
            <translation>密码(&amp;W)</translation>
        </message>
        <message>
            <source>Password of the certificate</source>
            <translation>证书密码</translation>
        </message>
        <message>
            <source>Print patient, &amp;order and specimen</source>
            <translation>打印患者、申请单与标本(&amp;O)</translation>
        </message>
        <message>
            <source>Report of slide {slide}</source>
            <translation>玻片 {slide} 的报告</translation>
        </message>
        <message>
            <source>Signing the file needs an optional component of LeukView that is not installed.</source>
            <translation>为文件签名需要 LeukView 的附加组件，尚未安装。</translation>
        </message>
        <message>
            <source>The slide is not signed: every page is marked as a draft.</source>
            <translation>该玻片未签名：每页将标为草稿。</translation>
        </message>
        <message>
            <source>not stored</source>
            <translation>不会保存</translation>
        </message>
    </context>
    <context>
        <name>ReviewController</name>
        <message>
            <source>Opening the slide</source>
            <translation>正在打开玻片</translation>
        </message>
        <message>
            <source>Saving</source>
            <translation>正在保存</translation>
        </message>
    </context>
    <context>
        <name>ReviewersDialog</name>
        <message>
            <source> (you)</source>
            <translation>（您）</translation>
        </message>
        <message>
            <source> min</source>
            <translation> 分钟</translation>
        </message>
        <message>
            <source>&amp;Add reviewer</source>
            <translation>添加审核者(&amp;A)</translation>
        </message>
        <message>
            <source>&amp;Rename</source>
            <translation>更名(&amp;R)</translation>
        </message>
        <message>
            <source>&amp;Set the PIN</source>
            <translation>设定 PIN 码(&amp;S)</translation>
        </message>
        <message>
            <source>A retired reviewer cannot sign in. The profile and its records are kept.</source>
            <translation>停用的审核者不能登录。其档案及记录均予保留。</translation>
        </message>
        <message>
            <source>Action</source>
            <translation>操作内容</translation>
        </message>
        <message>
            <source>Add a reviewer</source>
            <translation>添加审核者</translation>
        </message>
        <message>
            <source>Administrator</source>
            <translation>管理员</translation>
        </message>
        <message>
            <source>By</source>
            <translation>操作者</translation>
        </message>
        <message>
            <source>Current PIN</source>
            <translation>当前 PIN 码</translation>
        </message>
        <message>
            <source>Done.</source>
            <translation>完成。</translation>
        </message>
        <message>
            <source>Earlier actions keep the earlier name.</source>
            <translation>此前的操作仍保留原姓名。</translation>
        </message>
        <message>
            <source>Entries cannot be changed or removed; each contains the hash of the previous one. Earlier reviews keep the name under which they were made.</source>
            <translation>记录不可更改或删除；每一条都含有前一条的哈希值。过去的审核保留当时的姓名。</translation>
        </message>
        <message>
            <source>Every action is recorded with the reviewer's name. A PIN of {0} to {1} characters is required to unlock the window and to sign; only its hash is stored. Once there is an administrator, only administrators can add reviewers. A second reader sees every slide blinded to the first reader and the model.</source>
            <translation>每项操作都记录审核者姓名。解锁窗口和签名时须输入 {0} 至 {1} 个字符的 PIN 码；系统仅保存其哈希值。一旦设有管理员，只有管理员可以添加审核者。第二阅片者阅片时看不到第一阅片者和模型的结果。</translation>
        </message>
        <message>
            <source>First and last name</source>
            <translation>姓名</translation>
        </message>
        <message>
            <source>Formerly: {0}</source>
            <translation>曾用名：{0}</translation>
        </message>
        <message>
            <source>Idle minutes before the window is locked</source>
            <translation>闲置多少分钟后自动锁定窗口</translation>
        </message>
        <message>
            <source>Lock the window after inactivity of</source>
            <translation>无人操作达到以下时间后锁定窗口</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>姓名</translation>
        </message>
        <message>
            <source>Name of the new reviewer</source>
            <translation>新审核者的姓名</translation>
        </message>
        <message>
            <source>New PIN</source>
            <translation>新 PIN 码</translation>
        </message>
        <message>
            <source>New PIN (repeat)</source>
            <translation>再次输入新 PIN 码</translation>
        </message>
        <message>
            <source>New name</source>
            <translation>新姓名</translation>
        </message>
        <message>
            <source>No reviewer is selected.</source>
            <translation>未选择审核者。</translation>
        </message>
        <message>
            <source>PIN</source>
            <translation>PIN 码</translation>
        </message>
        <message>
            <source>PIN (optional)</source>
            <translation>PIN 码（可留空）</translation>
        </message>
        <message>
            <source>PIN (repeat)</source>
            <translation>再次输入 PIN 码</translation>
        </message>
        <message>
            <source>Re&amp;instate</source>
            <translation>恢复(&amp;I)</translation>
        </message>
        <message>
            <source>Re&amp;tire</source>
            <translation>停用(&amp;T)</translation>
        </message>
        <message>
            <source>Record</source>
            <translation>记录</translation>
        </message>
        <message>
            <source>Record of the reviewers</source>
            <translation>审核者变更记录</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Reviewer</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>Reviewers</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>Role</source>
            <translation>角色</translation>
        </message>
        <message>
            <source>Role of the new reviewer</source>
            <translation>新审核者的角色</translation>
        </message>
        <message>
            <source>Second reader</source>
            <translation>第二阅片者</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>The two PINs are not the same.</source>
            <translation>两次输入的 PIN 码不一致。</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>active</source>
            <translation>在用</translation>
        </message>
        <message>
            <source>never</source>
            <translation>从不</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>retired</source>
            <translation>已停用</translation>
        </message>
        <message>
            <source>set</source>
            <translation>已设定</translation>
        </message>
    </context>
    <context>
        <name>SecondReadingController</name>
        <message>
            <source>Another person must read the slide with Review › Second reading, and sign.</source>
            <translation>请由另一人通过“审核 › 第二次阅片”阅片并签名。</translation>
        </message>
        <message>
            <source>Comparing the readings</source>
            <translation>正在比较两次阅片</translation>
        </message>
        <message>
            <source>Label every cell, then sign (Ctrl+Enter).</source>
            <translation>请标注全部细胞，然后签名（Ctrl+Enter）。</translation>
        </message>
        <message>
            <source>The second reading is not signed yet; until then the classes of the others stay hidden.</source>
            <translation>第二次阅片尚未签名；在此之前，他人的分类保持隐藏。</translation>
        </message>
        <message>
            <source>This slide has no completed second reading.</source>
            <translation>该玻片没有已完成的第二次阅片。</translation>
        </message>
    </context>
    <context>
        <name>SettingsPage</name>
        <message>
            <source>Address of this computer</source>
            <translation>本机地址</translation>
        </message>
        <message>
            <source>Encrypted (TLS)</source>
            <translation>加密（TLS）</translation>
        </message>
        <message>
            <source>Folder with orders (.hl7, .astm) and blood counts (.astm, .csv, .png)</source>
            <translation>申请单（.hl7、.astm）与血常规（.astm、.csv、.png）文件夹</translation>
        </message>
        <message>
            <source>Its key (PEM file)</source>
            <translation>其私钥（PEM文件）</translation>
        </message>
        <message>
            <source>Listen for orders</source>
            <translation>监听申请单</translation>
        </message>
        <message>
            <source>Orders (HL7 v2.5.1 OML^O33, ORM^O01 over MLLP)</source>
            <translation>申请单（HL7 v2.5.1 OML^O33、ORM^O01，MLLP）</translation>
        </message>
        <message>
            <source>Own certificate (PEM file)</source>
            <translation>本机证书（PEM文件）</translation>
        </message>
        <message>
            <source>Port</source>
            <translation>端口</translation>
        </message>
        <message>
            <source>Port for analysers (ASTM)</source>
            <translation>分析仪端口（ASTM）</translation>
        </message>
        <message>
            <source>Receiver</source>
            <translation>接收方</translation>
        </message>
        <message>
            <source>Receiving application (MSH-5)</source>
            <translation>接收应用（MSH-5）</translation>
        </message>
        <message>
            <source>Receiving facility (MSH-6)</source>
            <translation>接收机构（MSH-6）</translation>
        </message>
        <message>
            <source>Results (HL7 v2.5.1 ORU^R01 over MLLP)</source>
            <translation>结果（HL7 v2.5.1 ORU^R01，MLLP）</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>保存</translation>
        </message>
        <message>
            <source>Send signed results</source>
            <translation>发送已签名的结果</translation>
        </message>
        <message>
            <source>This laboratory (MSH-4)</source>
            <translation>本实验室（MSH-4）</translation>
        </message>
        <message>
            <source>Trusted authority (PEM file)</source>
            <translation>受信任的颁发机构（PEM文件）</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>with name, birth date and sex; numbers of order and patient always</source>
            <translation>含姓名、出生日期和性别；申请单号和患者编号始终包含</translation>
        </message>
    </context>
    <context>
        <name>ShortcutBar</name>
        <message>
            <source>Label keys</source>
            <translation>用于标注的按键</translation>
        </message>
    </context>
    <context>
        <name>ShortcutsDialog</name>
        <message>
            <source>&amp;Set</source>
            <translation>设定(&amp;S)</translation>
        </message>
        <message>
            <source>Actions and their keys</source>
            <translation>操作及其按键</translation>
        </message>
        <message>
            <source>Key for the chosen action:</source>
            <translation>所选操作的按键：</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>按键</translation>
        </message>
        <message>
            <source>New key: press it here</source>
            <translation>新按键：请在此按下</translation>
        </message>
        <message>
            <source>PDF (*.pdf)</source>
            <translation>PDF (*.pdf)</translation>
        </message>
        <message>
            <source>S&amp;tandard</source>
            <translation>默认(&amp;T)</translation>
        </message>
        <message>
            <source>Save as &amp;card…</source>
            <translation>存为按键卡(&amp;C)…</translation>
        </message>
        <message>
            <source>Save as card</source>
            <translation>存为按键卡</translation>
        </message>
        <message>
            <source>The key card cannot be saved: {0}.</source>
            <translation>无法保存按键卡：{0}。</translation>
        </message>
        <message>
            <source>The key card was saved: {0}</source>
            <translation>按键卡已保存：{0}</translation>
        </message>
        <message>
            <source>The key for “{0}” is now {1}.</source>
            <translation>“{0}”的按键现为 {1}。</translation>
        </message>
        <message>
            <source>{0} is already used for “{1}”. Assign another key to that action first.</source>
            <translation>{0} 已用于“{1}”。请先为该操作另设按键。</translation>
        </message>
        <message>
            <source>“{0}” has no key now.</source>
            <translation>“{0}”现无按键。</translation>
        </message>
    </context>
    <context>
        <name>ShortcutsModel</name>
        <message>
            <source>Action</source>
            <translation>操作</translation>
        </message>
        <message>
            <source>Description</source>
            <translation>作用</translation>
        </message>
        <message>
            <source>Key</source>
            <translation>按键</translation>
        </message>
        <message>
            <source>Menu</source>
            <translation>菜单</translation>
        </message>
    </context>
    <context>
        <name>SignDialog</name>
        <message>
            <source>% of leukocytes</source>
            <translation>占白细胞 %</translation>
        </message>
        <message>
            <source>, called: {called}</source>
            <translation>，已电话通知：{called}</translation>
        </message>
        <message>
            <source>95 % interval</source>
            <translation>95% 置信区间</translation>
        </message>
        <message>
            <source>A signed slide is read-only. It can be amended; this signature stays on record.</source>
            <translation>签名后玻片为只读。之后可以修订；本次签名保留在案。</translation>
        </message>
        <message>
            <source>Alert: {title} ({state}).</source>
            <translation>警示：{title}（{state}）。</translation>
        </message>
        <message>
            <source>Alerts are handled in the first reading.</source>
            <translation>警示在第一次阅片中处理。</translation>
        </message>
        <message>
            <source>Before this slide can be signed:</source>
            <translation>签名之前还需：</translation>
        </message>
        <message>
            <source>Blasts {blasts}, blast equivalents {equivalents}; together {both} of {n} leukocytes: {percent:.1f} % (95 % interval {interval} %, counting error only).</source>
            <translation>原始细胞 {blasts}，原始细胞等同细胞 {equivalents}；合计 {both} / {n} 个白细胞：{percent:.1f}%（95% 置信区间 {interval}%，仅含计数误差）。</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Cells</source>
            <translation>细胞数</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Differential to be signed</source>
            <translation>待签名的白细胞分类计数</translation>
        </message>
        <message>
            <source>Fewer than 200 leukocytes were counted: the intervals are wide.</source>
            <translation>分类白细胞不足 200 个：置信区间较宽。</translation>
        </message>
        <message>
            <source>First and last name, as printed</source>
            <translation>将印在报告上的姓名</translation>
        </message>
        <message>
            <source>Meaning</source>
            <translation>签名含义</translation>
        </message>
        <message>
            <source>No alerts.</source>
            <translation>无警示。</translation>
        </message>
        <message>
            <source>No leukocyte was counted.</source>
            <translation>未计数到白细胞。</translation>
        </message>
        <message>
            <source>PIN</source>
            <translation>PIN 码</translation>
        </message>
        <message>
            <source>Printed name</source>
            <translation>签名人姓名</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>理由</translation>
        </message>
        <message>
            <source>Second reading: {0} of {1} cells labelled, blinded to the first reader and the model.</source>
            <translation>第二次阅片：已标注 {0} / {1} 个细胞，对第一阅片者和模型设盲。</translation>
        </message>
        <message>
            <source>Show these cells ({0})</source>
            <translation>显示这些细胞（{0}）</translation>
        </message>
        <message>
            <source>Sign</source>
            <translation>签名</translation>
        </message>
        <message>
            <source>Sign the slide</source>
            <translation>玻片签名</translation>
        </message>
        <message>
            <source>Slide {slide}</source>
            <translation>玻片 {slide}</translation>
        </message>
        <message>
            <source>Still required</source>
            <translation>待办事项</translation>
        </message>
        <message>
            <source>The interval includes {thresholds} %.</source>
            <translation>置信区间跨越 {thresholds}%。</translation>
        </message>
        <message>
            <source>Unreviewed cells are counted with the model's class.</source>
            <translation>未经审核的细胞按模型的类别计入。</translation>
        </message>
        <message>
            <source>Why it is not signed</source>
            <translation>未能签名的原因</translation>
        </message>
        <message>
            <source>acknowledged by {who}</source>
            <translation>{who} 已知悉</translation>
        </message>
        <message>
            <source>for information</source>
            <translation>供参考</translation>
        </message>
        <message>
            <source>not acknowledged</source>
            <translation>未知悉</translation>
        </message>
        <message>
            <source>per 100 WBC</source>
            <translation>每 100 个白细胞</translation>
        </message>
        <message>
            <source>{reviewed} of {cells} cells reviewed; the model was overridden on {overruled} of them.</source>
            <translation>已审核 {reviewed} / {cells} 个细胞；其中 {overruled} 个被改判。</translation>
        </message>
    </context>
    <context>
        <name>SignInController</name>
        <message>
            <source>Add one with Laboratory › Reviewers.</source>
            <translation>请在“实验室 › 审核者”中添加。</translation>
        </message>
        <message>
            <source>Checking the PIN</source>
            <translation>正在核对 PIN 码</translation>
        </message>
        <message>
            <source>No reviewer has a PIN yet, so the window cannot be locked.</source>
            <translation>尚无设有 PIN 码的审核者，因此无法锁定窗口。</translation>
        </message>
        <message>
            <source>Press Ctrl+L to change the reviewer.</source>
            <translation>按 Ctrl+L 更换审核者。</translation>
        </message>
        <message>
            <source>Reading the reviewers</source>
            <translation>正在读取审核者</translation>
        </message>
        <message>
            <source>The slide could not be opened for this reviewer. Try again.</source>
            <translation>无法为该审核者打开玻片。请重试。</translation>
        </message>
        <message>
            <source>Updating the reviewers</source>
            <translation>正在更改审核者</translation>
        </message>
        <message>
            <source>{0} can sign in now.</source>
            <translation>{0} 现在可以登录。</translation>
        </message>
    </context>
    <context>
        <name>SlideDetailsDialog</name>
        <message>
            <source> µm/px</source>
            <translation> µm/px</translation>
        </message>
        <message>
            <source> ×10⁹/l</source>
            <translation> ×10⁹/L</translation>
        </message>
        <message>
            <source>&amp;Scale</source>
            <translation>比例尺(&amp;S)</translation>
        </message>
        <message>
            <source>&amp;White cell count</source>
            <translation>白细胞计数(&amp;W)</translation>
        </message>
        <message>
            <source>Scale</source>
            <translation>比例尺</translation>
        </message>
        <message>
            <source>Slide details</source>
            <translation>玻片信息</translation>
        </message>
        <message>
            <source>The analyser counted erythroblasts as white cells</source>
            <translation>血细胞分析仪把有核红细胞计为白细胞</translation>
        </message>
        <message>
            <source>The count gives absolute numbers beside the percentages. Without a scale nothing is shown in µm, because the export does not contain it. A new scale applies to cells analysed from now on.</source>
            <translation>填写白细胞计数后，除百分比外还会给出绝对值。未填写比例尺时不以 µm 显示任何数值：导出数据中不含比例尺。新的比例尺只用于此后分析的细胞。</translation>
        </message>
        <message>
            <source>White cell count</source>
            <translation>白细胞计数</translation>
        </message>
        <message>
            <source>not known</source>
            <translation>未知</translation>
        </message>
        <message>
            <source>{nrbc:.1f} erythroblasts per 100 white cells: {wbc:.2f} is corrected to {corrected:.2f} ×10⁹/l.</source>
            <translation>每 100 个白细胞有核红细胞 {nrbc:.1f} 个：{wbc:.2f} 校正为 {corrected:.2f} ×10⁹/L。</translation>
        </message>
    </context>
    <context>
        <name>SlideHeader</name>
        <message>
            <source>Reviewer</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>SYNTHETIC</source>
            <translation>合成</translation>
        </message>
        <message>
            <source>Synthetic cells from the demo renderer, not from a patient.</source>
            <translation>由演示程序绘制的合成细胞，并非来自患者。</translation>
        </message>
        <message>
            <source>ready to sign</source>
            <translation>可以签名</translation>
        </message>
        <message>
            <source>{0} cells left</source>
            <translation>还剩 {0} 个细胞</translation>
        </message>
    </context>
    <context>
        <name>SlideJobs</name>
        <message>
            <source>A folder in “{0}” may be a class or a patient, so its slide was not imported.</source>
            <translation>“{0}”中有一个文件夹可能是类别，也可能是患者，因此其玻片未导入。</translation>
        </message>
        <message>
            <source>Analysing</source>
            <translation>正在分析</translation>
        </message>
        <message>
            <source>Creating the report</source>
            <translation>正在生成报告</translation>
        </message>
        <message>
            <source>Exporting the slide</source>
            <translation>正在导出玻片</translation>
        </message>
        <message>
            <source>Importing slides</source>
            <translation>正在导入玻片</translation>
        </message>
        <message>
            <source>Loading the model</source>
            <translation>正在加载模型</translation>
        </message>
        <message>
            <source>Open “{0}” with Slide › Open folder and answer the question.</source>
            <translation>请用“玻片 › 打开文件夹”打开“{0}”并回答问题。</translation>
        </message>
        <message>
            <source>Reading the folder</source>
            <translation>正在读取文件夹</translation>
        </message>
        <message>
            <source>Reading the worklist</source>
            <translation>正在读取工作列表</translation>
        </message>
        <message>
            <source>Writing the demo slides</source>
            <translation>正在生成演示玻片</translation>
        </message>
    </context>
    <context>
        <name>SlidePresenter</name>
        <message>
            <source>Comment: {0}</source>
            <translation>备注：{0}</translation>
        </message>
        <message>
            <source>Last action: {0}</source>
            <translation>上次操作：{0}</translation>
        </message>
    </context>
    <context>
        <name>StageTree</name>
        <message>
            <source>Model's class</source>
            <translation>模型的类别</translation>
        </message>
        <message>
            <source>Model's prediction</source>
            <translation>模型的预测</translation>
        </message>
        <message>
            <source>Second most probable class and difference</source>
            <translation>次可能类别与差值</translation>
        </message>
        <message>
            <source>Second: {name} {percent} · difference {points:.0f} points</source>
            <translation>其次：{name} {percent} · 相差 {points:.0f} 个百分点</translation>
        </message>
        <message>
            <source>Stages of the model; press Enter on a choice for its class-activation map</source>
            <translation>模型的各阶段；在某一选项上按 Enter 显示其类激活图</translation>
        </message>
        <message>
            <source>The model has not analysed this cell yet.</source>
            <translation>模型尚未分析该细胞。</translation>
        </message>
        <message>
            <source>Unidentified: the model is not certain enough. Most probable: {first}</source>
            <translation>未识别：模型把握不足。最可能：{first}</translation>
        </message>
        <message>
            <source>on the path of the model's class</source>
            <translation>位于模型所判类别的路径上</translation>
        </message>
        <message>
            <source>{name} {percent}</source>
            <translation>{name} {percent}</translation>
        </message>
        <message>
            <source>{name}: {note}. Such sets contained the correct choice for at least 95 of 100 validation cells.</source>
            <translation>{name}：{note}。这样的集合在每 100 个验证细胞中至少有 95 个包含正确选项。</translation>
        </message>
        <message>
            <source>{name}: {percent}, if the previous step is correct. Click for the class-activation map.</source>
            <translation>{name}：{percent}（在前一步成立的条件下）。单击查看类激活图。</translation>
        </message>
    </context>
    <context>
        <name>StatusBarProgress</name>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Progress</source>
            <translation>进度</translation>
        </message>
    </context>
    <context>
        <name>TallyController</name>
        <message>
            <source>Reading the patient's other slides</source>
            <translation>正在读取该患者的其他玻片</translation>
        </message>
    </context>
    <context>
        <name>TallyModel</name>
        <message>
            <source>10⁹/l</source>
            <translation>10⁹/L</translation>
        </message>
        <message>
            <source>95 % CI</source>
            <translation>95% CI</translation>
        </message>
        <message>
            <source>95 % interval</source>
            <translation>95% 置信区间</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Count</source>
            <translation>计数</translation>
        </message>
        <message>
            <source>Exact 95 % interval (Clopper–Pearson). It covers counting error only.</source>
            <translation>精确 95% 置信区间（Clopper–Pearson）。仅反映计数误差。</translation>
        </message>
        <message>
            <source>It includes {thresholds} %.</source>
            <translation>它跨越 {thresholds}%。</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Not leukocytes, or not identified: per 100 white cells, without a percentage.</source>
            <translation>非白细胞或未能识别的细胞：按每 100 个白细胞计，不计百分比。</translation>
        </message>
        <message>
            <source>Outside the leukocyte count; given per 100 white cells.</source>
            <translation>不计入白细胞；以每 100 个白细胞计。</translation>
        </message>
        <message>
            <source>n</source>
            <translation>n</translation>
        </message>
        <message>
            <source>per 100 WBC</source>
            <translation>每 100 个白细胞</translation>
        </message>
    </context>
    <context>
        <name>TallyPanel</name>
        <message>
            <source>&lt;b&gt;{0} leukocytes&lt;/b&gt; of {1} cells on {2} slides together · {3} reviewed</source>
            <translation>&lt;b&gt;{0} 个白细胞&lt;/b&gt;，共 {1} 个细胞，{2} 张玻片合并 · 已审核 {3}</translation>
        </message>
        <message>
            <source>&lt;b&gt;{0} leukocytes&lt;/b&gt; of {1} cells · {2} reviewed</source>
            <translation>&lt;b&gt;{0} 个白细胞&lt;/b&gt;，共 {1} 个细胞 · 已审核 {2}</translation>
        </message>
        <message>
            <source>All {0} slides of this patient; specimens not known</source>
            <translation>该患者的全部 {0} 张玻片；标本未知</translation>
        </message>
        <message>
            <source>All {0} slides of this specimen</source>
            <translation>该标本的全部 {0} 张玻片</translation>
        </message>
        <message>
            <source>Differential count</source>
            <translation>白细胞分类计数</translation>
        </message>
        <message>
            <source>One differential over several slides; read-only. Slides of another specimen are left out: enter collection time or specimen number under Slide › Patient and order.</source>
            <translation>多张玻片的合并分类计数；只读。不包括其他标本的玻片：请在“玻片 › 患者与申请单”中录入采集时间或标本号。</translation>
        </message>
        <message>
            <source>Together with {0}; each cell is labelled on its own slide.</source>
            <translation>与 {0} 合并；细胞须在其所在玻片上标注。</translation>
        </message>
        <message>
            <source>White cell count {wbc:.2f}, corrected for erythroblasts {corrected:.2f} ×10⁹/l.</source>
            <translation>白细胞计数 {wbc:.2f}，经有核红细胞校正后 {corrected:.2f} ×10⁹/L。</translation>
        </message>
        <message>
            <source>{0} more to {1}</source>
            <translation>距 {1} 还差 {0}</translation>
        </message>
        <message>
            <source>{0} reached</source>
            <translation>已达 {0}</translation>
        </message>
        <message>
            <source>⚠ Fewer than 200 leukocytes: intervals are wide.</source>
            <translation>⚠ 分类白细胞不足 200 个：置信区间较宽。</translation>
        </message>
        <message>
            <source>⚠ The interval of blasts and equivalents includes {thresholds} %.</source>
            <translation>⚠ 原始细胞及等同细胞的置信区间跨越 {thresholds}%。</translation>
        </message>
        <message>
            <source>⚠ White cell count outside the validated range ({low:g}–{high:g} ×10⁹/l): a slide with few cells cannot exclude blasts.</source>
            <translation>⚠ 白细胞计数超出验证范围（{low:g}～{high:g} ×10⁹/L）：细胞过少的玻片不能排除原始细胞。</translation>
        </message>
    </context>
    <context>
        <name>TaskRunner</name>
        <message>
            <source>An internal error occurred in LeukView; your work so far is saved.</source>
            <translation>LeukView 出现内部错误；您已完成的操作均已保存。</translation>
        </message>
        <message>
            <source>Details are in the log file ({0}). Please report the error.</source>
            <translation>详情见日志文件（{0}）。请反馈给开发者。</translation>
        </message>
    </context>
    <context>
        <name>ThumbnailCache</name>
        <message>
            <source>Thumbnails</source>
            <translation>缩略图</translation>
        </message>
        <message>
            <source>changed since the import</source>
            <translation>导入后已被改动</translation>
        </message>
        <message>
            <source>image cannot be read</source>
            <translation>图像无法读取</translation>
        </message>
    </context>
    <context>
        <name>Tour</name>
        <message>
            <source>&amp;Back</source>
            <translation>上一步(&amp;B)</translation>
        </message>
        <message>
            <source>&amp;Done</source>
            <translation>完成(&amp;D)</translation>
        </message>
        <message>
            <source>&amp;End</source>
            <translation>结束(&amp;E)</translation>
        </message>
        <message>
            <source>&amp;Next</source>
            <translation>下一步(&amp;N)</translation>
        </message>
        <message>
            <source>Show it on the &amp;demo slides</source>
            <translation>用演示玻片展示(&amp;D)</translation>
        </message>
        <message>
            <source>The demo slides are being opened…</source>
            <translation>正在打开演示玻片…</translation>
        </message>
        <message>
            <source>Tour</source>
            <translation>导览</translation>
        </message>
    </context>
    <context>
        <name>UrgentSlideNotifier</name>
        <message>
            <source>LeukView · research use only</source>
            <translation>LeukView · 仅供研究使用</translation>
        </message>
        <message>
            <source>Open this slide next: it is first in the worklist (F3).</source>
            <translation>请接着打开此玻片：它在工作列表中排在首位（F3）。</translation>
        </message>
        <message>
            <source>Reading the worklist</source>
            <translation>正在读取工作列表</translation>
        </message>
        <message>
            <source>{0}: {1}</source>
            <translation>{0}：{1}</translation>
        </message>
    </context>
    <context>
        <name>VerificationController</name>
        <message>
            <source>Comparing with the microscope</source>
            <translation>正在与镜检结果比较</translation>
        </message>
        <message>
            <source>PDF files (*.pdf)</source>
            <translation>PDF文件 (*.pdf)</translation>
        </message>
        <message>
            <source>Save protocol</source>
            <translation>保存验证报告</translation>
        </message>
        <message>
            <source>Table of the microscope's counts</source>
            <translation>镜检计数表</translation>
        </message>
        <message>
            <source>Tables (*.csv)</source>
            <translation>表格 (*.csv)</translation>
        </message>
        <message>
            <source>The protocol was saved: {0}</source>
            <translation>验证报告已保存：{0}</translation>
        </message>
        <message>
            <source>Writing the protocol</source>
            <translation>正在生成验证报告</translation>
        </message>
    </context>
    <context>
        <name>VerificationDialog</name>
        <message>
            <source>Bias (95 % interval), %</source>
            <translation>偏倚（95%区间），%</translation>
        </message>
        <message>
            <source>Bias and limits: Bland and Altman. Slope: Passing and Bablok, from 10 films on. Counting error: Fisher's exact test, as in Rümke's table; at least 95 % are expected.</source>
            <translation>偏倚与一致性界限：Bland-Altman法。斜率：Passing-Bablok法，至少10张玻片。计数误差：Fisher确切检验，与Rümke表一致；预期至少95%在误差范围内。</translation>
        </message>
        <message>
            <source>Blasts</source>
            <translation>原始细胞</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Classes</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Films compared: {0}. Left out: {1}.</source>
            <translation>比较玻片：{0} 张。未纳入：{1} 张。</translation>
        </message>
        <message>
            <source>Limits of agreement, %</source>
            <translation>一致性界限，%</translation>
        </message>
        <message>
            <source>Line {0} of the table: {1}</source>
            <translation>表格第 {0} 行：{1}</translation>
        </message>
        <message>
            <source>Model alone</source>
            <translation>仅模型</translation>
        </message>
        <message>
            <source>Other films</source>
            <translation>其他玻片</translation>
        </message>
        <message>
            <source>Positive films</source>
            <translation>阳性玻片</translation>
        </message>
        <message>
            <source>Positive from</source>
            <translation>阳性界限</translation>
        </message>
        <message>
            <source>Reviewed and signed</source>
            <translation>已审核并签名</translation>
        </message>
        <message>
            <source>Save protocol…</source>
            <translation>保存验证报告…</translation>
        </message>
        <message>
            <source>Sensitivity (exact 95 % interval)</source>
            <translation>灵敏度（精确95%区间）</translation>
        </message>
        <message>
            <source>Slope (95 % interval)</source>
            <translation>斜率（95%区间）</translation>
        </message>
        <message>
            <source>Specificity (exact 95 % interval)</source>
            <translation>特异度（精确95%区间）</translation>
        </message>
        <message>
            <source>Verification against the microscope</source>
            <translation>与镜检比对验证</translation>
        </message>
        <message>
            <source>Within counting error</source>
            <translation>在计数误差内</translation>
        </message>
    </context>
    <context>
        <name>WatchFolderController</name>
        <message>
            <source>Checking the watched folder</source>
            <translation>正在检查监视文件夹</translation>
        </message>
        <message>
            <source>If copying has finished, copy them again.</source>
            <translation>如果复制已经结束，请重新复制这些压缩包。</translation>
        </message>
        <message>
            <source>Incomplete archives in the watched folder: {0}. LeukView waits for them.</source>
            <translation>监视的文件夹中尚不完整的压缩包：{0} 个。LeukView 正在等待其完成。</translation>
        </message>
        <message>
            <source>Laboratory › Watch a folder turns this off.</source>
            <translation>可用“实验室 › 监视文件夹”关闭。</translation>
        </message>
        <message>
            <source>Reading the watched folder</source>
            <translation>正在读取监视文件夹</translation>
        </message>
        <message>
            <source>Slides copied to {0} are imported and analysed automatically.</source>
            <translation>进入 {0} 的玻片会自动导入并分析。</translation>
        </message>
        <message>
            <source>The folder is no longer watched.</source>
            <translation>已停止监视文件夹。</translation>
        </message>
        <message>
            <source>The watched folder can be read again.</source>
            <translation>监视的文件夹已恢复。</translation>
        </message>
        <message>
            <source>The watched folder cannot be read; LeukView keeps trying.</source>
            <translation>无法读取监视的文件夹；LeukView 将继续尝试。</translation>
        </message>
        <message>
            <source>Watch a folder</source>
            <translation>监视文件夹</translation>
        </message>
        <message>
            <source>{0} new slides in the watched folder, imported and queued for analysis.</source>
            <translation>监视文件夹中新增 {0} 张：已导入并排队等待分析。</translation>
        </message>
    </context>
    <context>
        <name>WithdrawDialog</name>
        <message>
            <source>A slide imported by mistake is taken out of the worklist; nothing is deleted. It is listed under “Withdrawn”, from where it can be restored.</source>
            <translation>误导入的玻片将移出工作列表，不删除任何内容。可在“已撤回”中找到并恢复。</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>理由</translation>
        </message>
        <message>
            <source>Reason, as printed in the record</source>
            <translation>理由，将写入记录</translation>
        </message>
        <message>
            <source>Restore</source>
            <translation>恢复</translation>
        </message>
        <message>
            <source>Slide {slide}</source>
            <translation>玻片 {slide}</translation>
        </message>
        <message>
            <source>The slide returns to the worklist.</source>
            <translation>玻片将回到工作列表。</translation>
        </message>
        <message>
            <source>Withdraw</source>
            <translation>撤回</translation>
        </message>
    </context>
    <context>
        <name>WorklistModel</name>
        <message>
            <source>No alert</source>
            <translation>无警示</translation>
        </message>
        <message>
            <source>Patient {0}</source>
            <translation>患者 {0}</translation>
        </message>
        <message>
            <source>Slide {slide}</source>
            <translation>玻片 {slide}</translation>
        </message>
        <message>
            <source>Synthetic slide</source>
            <translation>合成玻片</translation>
        </message>
        <message>
            <source>amended · {0} cells</source>
            <translation>已修订 · {0} 个细胞</translation>
        </message>
        <message>
            <source>analysis unfinished · {0} cells</source>
            <translation>分析未完成 · {0} 个细胞</translation>
        </message>
        <message>
            <source>imported {0}</source>
            <translation>导入于 {0}</translation>
        </message>
        <message>
            <source>imported · {0} cells</source>
            <translation>已导入 · {0} 个细胞</translation>
        </message>
        <message>
            <source>in review · {0} of {1}</source>
            <translation>审核中 · {0} / {1}</translation>
        </message>
        <message>
            <source>second reading signed · {0} cells</source>
            <translation>第二次阅片，已签名 · {0} 个细胞</translation>
        </message>
        <message>
            <source>second reading · {1} of {0}</source>
            <translation>第二次阅片 · {1} / {0}</translation>
        </message>
        <message>
            <source>signed · {0} cells</source>
            <translation>已签名 · {0} 个细胞</translation>
        </message>
        <message>
            <source>withdrawn · {0} cells</source>
            <translation>已撤回 · {0} 个细胞</translation>
        </message>
        <message>
            <source>{0} days</source>
            <translation>{0} 天</translation>
        </message>
        <message>
            <source>{0} h</source>
            <translation>{0} 小时</translation>
        </message>
        <message>
            <source>{0} min</source>
            <translation>{0} 分钟</translation>
        </message>
    </context>
    <context>
        <name>WorklistPanel</name>
        <message>
            <source>All slides</source>
            <translation>全部玻片</translation>
        </message>
        <message>
            <source>All words must match. A class name finds the slides with cells of that class.</source>
            <translation>须同时包含所输入的各词。输入类别可找到含该类细胞的玻片。</translation>
        </message>
        <message>
            <source>Amended</source>
            <translation>已修订</translation>
        </message>
        <message>
            <source>By patient</source>
            <translation>按患者</translation>
        </message>
        <message>
            <source>Filter by state</source>
            <translation>按状态筛选</translation>
        </message>
        <message>
            <source>Most urgent first</source>
            <translation>最紧急在前</translation>
        </message>
        <message>
            <source>Newest first</source>
            <translation>最新在前</translation>
        </message>
        <message>
            <source>No slide matches.</source>
            <translation>未找到玻片。</translation>
        </message>
        <message>
            <source>Oldest first</source>
            <translation>最早在前</translation>
        </message>
        <message>
            <source>Order of the slides</source>
            <translation>玻片排序</translation>
        </message>
        <message>
            <source>Search slide, patient, date, class, alert</source>
            <translation>搜索玻片、患者、日期、类别或警示</translation>
        </message>
        <message>
            <source>Search the worklist</source>
            <translation>搜索工作列表</translation>
        </message>
        <message>
            <source>Searching older slides: {0}</source>
            <translation>正在读取较早的玻片以供搜索：{0}</translation>
        </message>
        <message>
            <source>Signed</source>
            <translation>已签名</translation>
        </message>
        <message>
            <source>To review</source>
            <translation>待审核</translation>
        </message>
        <message>
            <source>Withdrawn</source>
            <translation>已撤回</translation>
        </message>
        <message>
            <source>Worklist</source>
            <translation>工作列表</translation>
        </message>
    </context>
    <context>
        <name>_AlertCard</name>
        <message>
            <source>Hide the details</source>
            <translation>收起详情</translation>
        </message>
        <message>
            <source>Show its cells ({0})</source>
            <translation>显示相关细胞（{0}）</translation>
        </message>
        <message>
            <source>Show the details</source>
            <translation>展开详情</translation>
        </message>
        <message>
            <source>{0}: details</source>
            <translation>{0}：详情</translation>
        </message>
    </context>
    <context>
        <name>data</name>
        <message>
            <source> and {count} more</source>
            <translation>等，另有 {count} 个</translation>
        </message>
        <message>
            <source>1 cell</source>
            <translation>1 个细胞</translation>
        </message>
        <message>
            <source>1 · Benign or malignant</source>
            <translation>1 · 良性或恶性</translation>
        </message>
        <message>
            <source>1+ few</source>
            <translation>1+ 少量</translation>
        </message>
        <message>
            <source>2+ moderate</source>
            <translation>2+ 中等量</translation>
        </message>
        <message>
            <source>2B · Normal type</source>
            <translation>2B · 正常细胞类型</translation>
        </message>
        <message>
            <source>2T · Malignant lineage</source>
            <translation>2T · 恶性细胞系别</translation>
        </message>
        <message>
            <source>3+ many</source>
            <translation>3+ 大量</translation>
        </message>
        <message>
            <source>3L · Lymphoid disease</source>
            <translation>3L · 淋系肿瘤</translation>
        </message>
        <message>
            <source>3M · Myeloid disease</source>
            <translation>3M · 髓系疾病</translation>
        </message>
        <message>
            <source>95 % set: {choices}</source>
            <translation>95% 预测集：{choices}</translation>
        </message>
        <message>
            <source>95 %: {choices}</source>
            <translation>95%：{choices}</translation>
        </message>
        <message>
            <source>A PIN must have {fewest} to {most} characters.</source>
            <translation>PIN 码须为 {fewest} 至 {most} 个字符。</translation>
        </message>
        <message>
            <source>A cell does not belong to this slide.</source>
            <translation>有细胞不属于该玻片。</translation>
        </message>
        <message>
            <source>A class key consists of lower-case letters, digits and _, for example sezary_cell.</source>
            <translation>类别的键由小写字母、数字和 _ 组成，例如 sezary_cell。</translation>
        </message>
        <message>
            <source>A database could not be copied.</source>
            <translation>无法复制数据库。</translation>
        </message>
        <message>
            <source>A database in memory would lose the review when the program closes.</source>
            <translation>内存数据库会随程序关闭而丢失审核结果。</translation>
        </message>
        <message>
            <source>A database on a server is backed up by its administrator.</source>
            <translation>服务器上的数据库由其管理员备份。</translation>
        </message>
        <message>
            <source>A file “{name}” already exists.</source>
            <translation>已有文件“{name}”。</translation>
        </message>
        <message>
            <source>A key of this user account cannot be read.</source>
            <translation>无法读取此用户帐户的密钥。</translation>
        </message>
        <message>
            <source>A key of this user account cannot be stored.</source>
            <translation>无法保存此用户帐户的密钥。</translation>
        </message>
        <message>
            <source>A network needs at least one stage, and each stage at least two choices.</source>
            <translation>网络至少需要一个阶段，每个阶段至少两个选项。</translation>
        </message>
        <message>
            <source>A previous event was removed or replaced.</source>
            <translation>其前的某一事件被删除或替换。</translation>
        </message>
        <message>
            <source>A repaired mask cannot be read.</source>
            <translation>修正的掩膜无法读取。</translation>
        </message>
        <message>
            <source>A repaired mask does not belong to its image.</source>
            <translation>修正的掩膜与其图像不符。</translation>
        </message>
        <message>
            <source>A repaired outline can no longer be read.</source>
            <translation>修正的轮廓已无法读取。</translation>
        </message>
        <message>
            <source>A repaired outline does not have the size of its image.</source>
            <translation>修正的轮廓与图像大小不符。</translation>
        </message>
        <message>
            <source>A reviewer needs a name.</source>
            <translation>审核者必须有姓名。</translation>
        </message>
        <message>
            <source>A reviewer {name} already exists.</source>
            <translation>已有审核者 {name}。</translation>
        </message>
        <message>
            <source>A reviewer's name, role, PIN or state was changed outside LeukView (table of reviewers).</source>
            <translation>审核者的姓名、角色、PIN 码或状态在 LeukView 之外被改动（审核者表）。</translation>
        </message>
        <message>
            <source>A second reading cannot be exported.</source>
            <translation>第二次阅片不能导出。</translation>
        </message>
        <message>
            <source>A set needs at least {count} cells of signed slides.</source>
            <translation>培训集至少需要{count}个来自已签名涂片的细胞。</translation>
        </message>
        <message>
            <source>A short introduction to the parts of the window.</source>
            <translation>窗口各部分的简短介绍。</translation>
        </message>
        <message>
            <source>A signature needs a meaning.</source>
            <translation>签名需要注明含义。</translation>
        </message>
        <message>
            <source>A signature needs the printed name of the person who signs.</source>
            <translation>签名须填写签名人的姓名。</translation>
        </message>
        <message>
            <source>A slide can be withdrawn in the first reading only.</source>
            <translation>玻片只能在第一次阅片中撤回。</translation>
        </message>
        <message>
            <source>A statement about the seals was changed outside LeukView and cannot be read.</source>
            <translation>一条封印声明在 LeukView 之外被改动，无法读取。</translation>
        </message>
        <message>
            <source>A stored prediction is damaged.</source>
            <translation>某条已存储的模型结果已损坏。</translation>
        </message>
        <message>
            <source>A trunk needs four widths and four depths, all above zero.</source>
            <translation>主干网络需要四个宽度和四个深度，且均大于零。</translation>
        </message>
        <message>
            <source>A withdrawal needs a reason.</source>
            <translation>撤回需要理由。</translation>
        </message>
        <message>
            <source>A wrong PIN was entered at the locked window.</source>
            <translation>在锁定的窗口输入了错误的 PIN 码。</translation>
        </message>
        <message>
            <source>ALL</source>
            <translation>ALL</translation>
        </message>
        <message>
            <source>ALL cell</source>
            <translation>ALL 细胞</translation>
        </message>
        <message>
            <source>ALL cells</source>
            <translation>ALL 细胞</translation>
        </message>
        <message>
            <source>AML</source>
            <translation>AML</translation>
        </message>
        <message>
            <source>AML cell</source>
            <translation>AML 细胞</translation>
        </message>
        <message>
            <source>AML cells</source>
            <translation>AML 细胞</translation>
        </message>
        <message>
            <source>APL</source>
            <translation>APL</translation>
        </message>
        <message>
            <source>APL against other AML</source>
            <translation>APL 与其他 AML</translation>
        </message>
        <message>
            <source>APL is an emergency: call the clinician now and record whom you called. Mean APL score {value} (cells classified as malignant: {count}).</source>
            <translation>APL 属急症：请立即电话通知临床医生，并记录通知了谁。APL 平均评分 {value}（疑似恶性细胞：{count} 个）。</translation>
        </message>
        <message>
            <source>APL is an emergency: call the clinician now and record whom you called. Slide score {value} from {count} cells. Among patients not used for training, {sensitivity} of those with APL reached the upper limit; {specificity} of those without APL stayed below it.</source>
            <translation>APL 属急症：请立即电话通知临床医生，并记录通知了谁。玻片评分 {value}，涉及 {count} 个细胞。在未用于训练的患者中，{sensitivity} 的 APL 患者达到上限；{specificity} 的非 APL 患者低于上限。</translation>
        </message>
        <message>
            <source>APL not assessable</source>
            <translation>APL 无法评估</translation>
        </message>
        <message>
            <source>APL not excluded</source>
            <translation>不能排除 APL</translation>
        </message>
        <message>
            <source>APL: suspicious</source>
            <translation>APL：可疑</translation>
        </message>
        <message>
            <source>AUC of the malignant cells {auc} ({low}–{high} over patients)</source>
            <translation>恶性细胞的 AUC {auc}（按患者 {low}～{high}）</translation>
        </message>
        <message>
            <source>Abnormal promyelocyte</source>
            <translation>异常早幼粒细胞</translation>
        </message>
        <message>
            <source>Abnormal promyelocytes</source>
            <translation>异常早幼粒细胞</translation>
        </message>
        <message>
            <source>Abnormal promyelocytes labelled</source>
            <translation>已标注异常早幼粒细胞</translation>
        </message>
        <message>
            <source>Abnormal promyelocytes: {count} ({percent} of leukocytes). APL must be considered; it is an emergency.</source>
            <translation>异常早幼粒细胞：{count} 个（占白细胞的 {percent}）。须考虑 APL，属急症。</translation>
        </message>
        <message>
            <source>Abnormal promyelocytes: {count} ({percent} of leukocytes). Consider APL, which is an emergency: call the clinician now and record whom you called.</source>
            <translation>异常早幼粒细胞：{count} 个（占白细胞 {percent}）。需考虑 APL，属急症：请立即电话通知临床医生，并记录通知了谁。</translation>
        </message>
        <message>
            <source>About LeukView</source>
            <translation>关于 LeukView</translation>
        </message>
        <message>
            <source>Acanthocytes</source>
            <translation>棘形红细胞</translation>
        </message>
        <message>
            <source>Accept</source>
            <translation>接受</translation>
        </message>
        <message>
            <source>Accept and next</source>
            <translation>接受并转到下一个</translation>
        </message>
        <message>
            <source>Accept {cells}</source>
            <translation>接受 {cells}</translation>
        </message>
        <message>
            <source>Accepted</source>
            <translation>接受</translation>
        </message>
        <message>
            <source>Accepted {given}.</source>
            <translation>接受：{given}。</translation>
        </message>
        <message>
            <source>Acknowledged an alert.</source>
            <translation>知悉了一项警示。</translation>
        </message>
        <message>
            <source>Acknowledged the alert “{title}”; called: {called} at {time}, read back.</source>
            <translation>知悉了警示“{title}”；已于 {time} 电话通知：{called}，对方已复述。</translation>
        </message>
        <message>
            <source>Acknowledged the alert “{title}”; called: {called} at {time}, read back; {note}.</source>
            <translation>知悉了警示“{title}”；已于 {time} 电话通知：{called}，对方已复述；{note}。</translation>
        </message>
        <message>
            <source>Acknowledged the alert “{title}”; called: {called}.</source>
            <translation>知悉了警示“{title}”；已电话通知：{called}。</translation>
        </message>
        <message>
            <source>Acknowledged the alert “{title}”; called: {called}; {note}.</source>
            <translation>知悉了警示“{title}”；已电话通知：{called}；{note}。</translation>
        </message>
        <message>
            <source>Acknowledged the alert “{title}”; no call recorded.</source>
            <translation>知悉了警示“{title}”；未电话通知。</translation>
        </message>
        <message>
            <source>Acknowledged the alert “{title}”; no call recorded; {note}.</source>
            <translation>知悉了警示“{title}”；未电话通知；{note}。</translation>
        </message>
        <message>
            <source>Action</source>
            <translation>操作内容</translation>
        </message>
        <message>
            <source>Acute leukaemia: suspicious</source>
            <translation>急性白血病：可疑</translation>
        </message>
        <message>
            <source>Add another administrator first, who can then do it.</source>
            <translation>请先添加另一位管理员，再由其执行。</translation>
        </message>
        <message>
            <source>Add the person as a reviewer first.</source>
            <translation>请先将此人添加为审核者。</translation>
        </message>
        <message>
            <source>Added {name} ({role}).</source>
            <translation>添加了 {name}（{role}）。</translation>
        </message>
        <message>
            <source>Administrator</source>
            <translation>管理员</translation>
        </message>
        <message>
            <source>Agglutination</source>
            <translation>红细胞凝集</translation>
        </message>
        <message>
            <source>Alert acknowledged</source>
            <translation>警示已知悉</translation>
        </message>
        <message>
            <source>All events of the review log, with export.</source>
            <translation>审核日志的全部事件；可导出。</translation>
        </message>
        <message>
            <source>All keys: look up, change, save as a card.</source>
            <translation>全部按键：查看、更改、存为按键卡。</translation>
        </message>
        <message>
            <source>Already signed</source>
            <translation>已签名</translation>
        </message>
        <message>
            <source>Also exported as {others}.</source>
            <translation>同时归入{others}。</translation>
        </message>
        <message>
            <source>Amend…</source>
            <translation>修订…</translation>
        </message>
        <message>
            <source>An acceptance criterion needs {names}, and may have bound.</source>
            <translation>每项把关指标需要 {names}，并可含 bound。</translation>
        </message>
        <message>
            <source>An administrator can reinstate the profile.</source>
            <translation>管理员可以恢复该档案。</translation>
        </message>
        <message>
            <source>An amendment needs a reason.</source>
            <translation>修订须说明理由。</translation>
        </message>
        <message>
            <source>An empty database was started here on {at}, where a sealed one had been before.</source>
            <translation>{at} 在原有已加封数据库的位置新建了空数据库。</translation>
        </message>
        <message>
            <source>An entry of the identity vault is damaged.</source>
            <translation>身份库中的一项已损坏。</translation>
        </message>
        <message>
            <source>An entry of the model registry cannot be read.</source>
            <translation>模型登记簿中有一条记录无法读取。</translation>
        </message>
        <message>
            <source>An entry of the review log was changed outside LeukView and cannot be read.</source>
            <translation>审核日志中的一条记录在 LeukView 之外被改动，无法读取。</translation>
        </message>
        <message>
            <source>An image of the labelled cells cannot be read.</source>
            <translation>带标签细胞的一幅图像无法读取。</translation>
        </message>
        <message>
            <source>An image of {height}×{width} pixels cannot be divided into {patches} patches.</source>
            <translation>{height}×{width} 的图像无法划分为 {patches} 个图块。</translation>
        </message>
        <message>
            <source>Analyse</source>
            <translation>分析</translation>
        </message>
        <message>
            <source>Analyse it first.</source>
            <translation>请先分析。</translation>
        </message>
        <message>
            <source>Analyse the cells that have not been analysed yet.</source>
            <translation>分析尚未分析的细胞。</translation>
        </message>
        <message>
            <source>Analyse the slide again.</source>
            <translation>请重新分析该玻片。</translation>
        </message>
        <message>
            <source>Analyser</source>
            <translation>阅片机</translation>
        </message>
        <message>
            <source>Analyser's class for {cells}</source>
            <translation>{cells}采用阅片机的类别</translation>
        </message>
        <message>
            <source>Analyser, model and reviewer each have a line. The tree shows the stages of the model; stages without training are not assessed. Q shows the outline, X the class-activation map.</source>
            <translation>阅片机、模型与审核者的分类各占一行。树状图显示模型的各个阶段；未经训练的阶段不予评估。按 Q 显示轮廓，按 X 显示类激活图。</translation>
        </message>
        <message>
            <source>Analysing cells</source>
            <translation>正在分析细胞</translation>
        </message>
        <message>
            <source>Analysing slides</source>
            <translation>正在分析玻片</translation>
        </message>
        <message>
            <source>Anisocytosis</source>
            <translation>红细胞大小不均</translation>
        </message>
        <message>
            <source>Another LeukView sends the results now.</source>
            <translation>另一个LeukView正在发送结果。</translation>
        </message>
        <message>
            <source>Another program changed the model in the meantime.</source>
            <translation>另一个程序在此期间更换了模型。</translation>
        </message>
        <message>
            <source>Another program wrote to this slide.</source>
            <translation>其他程序已写入该玻片。</translation>
        </message>
        <message>
            <source>Another reviewer was formerly called {name}.</source>
            <translation>另一位审核者曾名为 {name}。</translation>
        </message>
        <message>
            <source>Answer “patient”, “leave out” or one of {keys}.</source>
            <translation>请填写“patient”、“leave out”或以下之一：{keys}。</translation>
        </message>
        <message>
            <source>Artefact</source>
            <translation>人工假象</translation>
        </message>
        <message>
            <source>Artefacts</source>
            <translation>人工假象</translation>
        </message>
        <message>
            <source>As large as a red cell, or larger.</source>
            <translation>与红细胞等大或更大。</translation>
        </message>
        <message>
            <source>Ask a reviewer who may amend slides.</source>
            <translation>请找有修订权限的审核者。</translation>
        </message>
        <message>
            <source>Ask an administrator to set a new PIN.</source>
            <translation>请由管理员重新设定。</translation>
        </message>
        <message>
            <source>Ask for write access to its folder.</source>
            <translation>请申请该文件夹的写入权限。</translation>
        </message>
        <message>
            <source>Ask somebody with the required right; roles.toml lists the rights of each role.</source>
            <translation>请由有相应权限的人操作；roles.toml 列出了各角色的权限。</translation>
        </message>
        <message>
            <source>Assess where red cells lie side by side, not in thick areas.</source>
            <translation>请在红细胞单层平铺处判断，勿在涂片厚处判断。</translation>
        </message>
        <message>
            <source>At least two reviewed patients are needed.</source>
            <translation>需要两名或更多已审核的患者。</translation>
        </message>
        <message>
            <source>Audit trail…</source>
            <translation>审计追踪…</translation>
        </message>
        <message>
            <source>Auer rods seen</source>
            <translation>可见 Auer 小体（棒状小体）</translation>
        </message>
        <message>
            <source>Available: embedded, {names}.</source>
            <translation>可用：embedded、{names}。</translation>
        </message>
        <message>
            <source>Available: {names}.</source>
            <translation>可用：{names}。</translation>
        </message>
        <message>
            <source>Backups…</source>
            <translation>备份…</translation>
        </message>
        <message>
            <source>Band</source>
            <translation>杆状核</translation>
        </message>
        <message>
            <source>Band neutrophil</source>
            <translation>中性杆状核粒细胞</translation>
        </message>
        <message>
            <source>Band neutrophils</source>
            <translation>中性杆状核粒细胞</translation>
        </message>
        <message>
            <source>Based on {count} cells of patients kept for comparison.</source>
            <translation>依据留作比较患者的 {count} 个细胞。</translation>
        </message>
        <message>
            <source>Basophil</source>
            <translation>嗜碱性粒细胞</translation>
        </message>
        <message>
            <source>Basophilia or eosinophilia with left shift</source>
            <translation>嗜碱性或嗜酸性粒细胞增多伴粒细胞核左移</translation>
        </message>
        <message>
            <source>Basophilic stippling</source>
            <translation>嗜碱性点彩红细胞</translation>
        </message>
        <message>
            <source>Basophils</source>
            <translation>嗜碱性粒细胞</translation>
        </message>
        <message>
            <source>Benign</source>
            <translation>良性</translation>
        </message>
        <message>
            <source>Bilobed nucleus</source>
            <translation>双叶核（蝴蝶形）</translation>
        </message>
        <message>
            <source>Bite cells</source>
            <translation>咬痕红细胞</translation>
        </message>
        <message>
            <source>Blank image</source>
            <translation>空白图像</translation>
        </message>
        <message>
            <source>Blast</source>
            <translation>原始细胞</translation>
        </message>
        <message>
            <source>Blast or promonocyte</source>
            <translation>原始细胞或幼单核细胞</translation>
        </message>
        <message>
            <source>Blast with nuclear folding</source>
            <translation>原始细胞，核折叠</translation>
        </message>
        <message>
            <source>Blast-like cells neither opened nor labelled: {count}.</source>
            <translation>既未查看大图也未标注的原始细胞样细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Blast-like cells not labelled by a reviewer: {count}.</source>
            <translation>尚无审核者标注的原始细胞样细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Blast-like cells not opened: {count}.</source>
            <translation>尚未查看大图的原始细胞样细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Blast-like cells not yet shown on the screen: {count}.</source>
            <translation>尚未在屏幕上显示过的原始细胞样细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Blast-like cells: {count} ({percent} of leukocytes).</source>
            <translation>原始细胞样细胞：{count} 个（占白细胞的 {percent}）。</translation>
        </message>
        <message>
            <source>Blast-like cells: {count} ({percent} of leukocytes). Check each of them.</source>
            <translation>原始细胞样细胞：{count} 个（占白细胞 {percent}）。请逐一查看。</translation>
        </message>
        <message>
            <source>Blasts</source>
            <translation>原始细胞</translation>
        </message>
        <message>
            <source>Blasts and equivalents</source>
            <translation>原始细胞及等同细胞</translation>
        </message>
        <message>
            <source>Blasts and leukaemic cells</source>
            <translation>原始细胞与白血病细胞</translation>
        </message>
        <message>
            <source>Blasts or blast equivalents</source>
            <translation>原始细胞或原始细胞等同细胞</translation>
        </message>
        <message>
            <source>Blister cells</source>
            <translation>水泡红细胞</translation>
        </message>
        <message>
            <source>Blue of the nuclei, median</source>
            <translation>细胞核蓝色分量（中位数）</translation>
        </message>
        <message>
            <source>Brightness of the background, median</source>
            <translation>背景亮度（中位数）</translation>
        </message>
        <message>
            <source>Bundles of Auer rods (faggot cell)</source>
            <translation>Auer 小体成束（柴捆细胞）</translation>
        </message>
        <message>
            <source>CLL</source>
            <translation>CLL</translation>
        </message>
        <message>
            <source>CLL cell</source>
            <translation>CLL 细胞</translation>
        </message>
        <message>
            <source>CLL cells</source>
            <translation>CLL 细胞</translation>
        </message>
        <message>
            <source>CML</source>
            <translation>CML</translation>
        </message>
        <message>
            <source>CML cell</source>
            <translation>CML 细胞</translation>
        </message>
        <message>
            <source>CML cells</source>
            <translation>CML 细胞</translation>
        </message>
        <message>
            <source>CMML</source>
            <translation>CMML</translation>
        </message>
        <message>
            <source>CMML cell</source>
            <translation>CMML 细胞</translation>
        </message>
        <message>
            <source>CMML cells</source>
            <translation>CMML 细胞</translation>
        </message>
        <message>
            <source>Calibrated with {cells} reviewed cells:</source>
            <translation>依据 {cells} 个已审核细胞校准：</translation>
        </message>
        <message>
            <source>Call record…</source>
            <translation>电话通知记录…</translation>
        </message>
        <message>
            <source>Cell</source>
            <translation>细胞</translation>
        </message>
        <message>
            <source>Cell area, median</source>
            <translation>细胞面积（中位数）</translation>
        </message>
        <message>
            <source>Cell cut by the image edge</source>
            <translation>细胞被图像边缘截断</translation>
        </message>
        <message>
            <source>Cell group</source>
            <translation>细胞大类</translation>
        </message>
        <message>
            <source>Cell {cell:,} px ({cell_um:.1f} µm²) · nucleus {nucleus:,} px ({nucleus_um:.1f} µm²)</source>
            <translation>细胞 {cell:,} 像素（{cell_um:.1f} µm²）· 细胞核 {nucleus:,} 像素（{nucleus_um:.1f} µm²）</translation>
        </message>
        <message>
            <source>Cell {cell:,} px · nucleus {nucleus:,} px</source>
            <translation>细胞 {cell:,} 像素 · 细胞核 {nucleus:,} 像素</translation>
        </message>
        <message>
            <source>Cell {number}</source>
            <translation>细胞 {number}</translation>
        </message>
        <message>
            <source>Cells added</source>
            <translation>增加细胞</translation>
        </message>
        <message>
            <source>Cells added to the slide by an import: {count}.</source>
            <translation>导入为玻片增加的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells already imported</source>
            <translation>已导入的细胞</translation>
        </message>
        <message>
            <source>Cells are sorted into classes, blasts first, the least certain on top. One key labels the selected cells and goes to the next: Space accepts, B labels a blast, L a lymphocyte. F1 shows all keys.</source>
            <translation>细胞按类别排列，原始细胞在前，最不确定的排在最上面。按一个键即可标注所选细胞并转到下一个：空格键表示接受，B 为原始细胞，L 为淋巴细胞。按 F1 查看全部按键。</translation>
        </message>
        <message>
            <source>Cells can be exported without names only.</source>
            <translation>细胞只能在不含名称的情况下导出。</translation>
        </message>
        <message>
            <source>Cells classified as malignant: {count}. At least 10 are needed for an APL score of the slide. Check these cells.</source>
            <translation>疑似恶性细胞：{count} 个。计算玻片的 APL 评分至少需要 10 个。请查看这些细胞。</translation>
        </message>
        <message>
            <source>Cells classified as malignant: {count}; at least 10 are needed for an APL score.</source>
            <translation>判为恶性的细胞：{count} 个；APL 评分至少需要 10 个。</translation>
        </message>
        <message>
            <source>Cells imported after the signature, not part of this result: {count}.</source>
            <translation>签名后导入、不属于此结果的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells labelled unidentified without a comment that gives the reason: {count}.</source>
            <translation>标注为未识别但未以备注说明原因的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells neither opened nor labelled: {count}.</source>
            <translation>既未查看大图也未标注的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells not labelled by a reviewer: {count}.</source>
            <translation>尚无审核者标注的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells not opened: {count}.</source>
            <translation>尚未查看大图的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells not yet shown on the screen: {count}.</source>
            <translation>尚未在屏幕上显示过的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells of slide {slide} whose image was changed since the import: {count} of {total}.</source>
            <translation>玻片 {slide} 中导入后图像已被改动的细胞：{total} 个中的 {count} 个。</translation>
        </message>
        <message>
            <source>Cells of slide {slide} with missing images: {count} of {total}. The slide cannot be signed without them.</source>
            <translation>玻片 {slide} 中图像缺失的细胞：{total} 个中的 {count} 个。缺少它们时无法签名。</translation>
        </message>
        <message>
            <source>Cells segmented</source>
            <translation>已分割的细胞</translation>
        </message>
        <message>
            <source>Cells that could not be identified and may be blasts: {count}.</source>
            <translation>未能识别、可能为原始细胞的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells unlike the training set</source>
            <translation>细胞与训练集不相似</translation>
        </message>
        <message>
            <source>Cells whose image can no longer be read: {count}.</source>
            <translation>图像已无法读取的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells whose image was changed since the import: {count}.</source>
            <translation>导入后图像已被改动的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Central pallor more than a third of the diameter; the MCH of the blood count is the better measure.</source>
            <translation>中央淡染区超过直径的三分之一；血细胞分析仪的 MCH 更可靠。</translation>
        </message>
        <message>
            <source>Changed after its export</source>
            <translation>导出后被改动</translation>
        </message>
        <message>
            <source>Changed the slide details.</source>
            <translation>更改了玻片信息。</translation>
        </message>
        <message>
            <source>Check LEUKVIEW_DATABASE_URL.</source>
            <translation>请检查 LEUKVIEW_DATABASE_URL。</translation>
        </message>
        <message>
            <source>Check that its folder exists and that you may write to it.</source>
            <translation>请检查其文件夹是否存在以及是否有写入权限。</translation>
        </message>
        <message>
            <source>Check the authority's certificate in exchange.toml.</source>
            <translation>请检查exchange.toml中证书颁发机构的证书。</translation>
        </message>
        <message>
            <source>Check the disk, and try again.</source>
            <translation>请检查磁盘后重试。</translation>
        </message>
        <message>
            <source>Check the disk; stop working with this database.</source>
            <translation>请检查磁盘；请停止使用此数据库。</translation>
        </message>
        <message>
            <source>Check the edges of the slide as well.</source>
            <translation>请同时查看玻片边缘。</translation>
        </message>
        <message>
            <source>Check the file, and the free space and the rights of the data folder.</source>
            <translation>请检查文件以及数据文件夹的空间和权限。</translation>
        </message>
        <message>
            <source>Check the folder in exchange.toml.</source>
            <translation>请检查exchange.toml中的文件夹。</translation>
        </message>
        <message>
            <source>Check the free space and the rights of the backups folder.</source>
            <translation>请检查备份文件夹的空间和权限。</translation>
        </message>
        <message>
            <source>Check the free space and the rights of the folder.</source>
            <translation>请检查文件夹的空间和权限。</translation>
        </message>
        <message>
            <source>Check the key store of the system.</source>
            <translation>请检查系统的密钥库。</translation>
        </message>
        <message>
            <source>Check the rights of its folder.</source>
            <translation>请检查其文件夹的权限。</translation>
        </message>
        <message>
            <source>Check the rights of the configuration folder.</source>
            <translation>请检查配置文件夹的权限。</translation>
        </message>
        <message>
            <source>Check the slide again, then sign.</source>
            <translation>请再次查看玻片，然后签名。</translation>
        </message>
        <message>
            <source>Checked the alert “{title}”, not confirmed: {note}.</source>
            <translation>已查看警示“{title}”，未证实：{note}。</translation>
        </message>
        <message>
            <source>Chinese, simplified</source>
            <translation>简体中文</translation>
        </message>
        <message>
            <source>Chinese, traditional</source>
            <translation>繁体中文</translation>
        </message>
        <message>
            <source>Choose a folder or a ZIP archive.</source>
            <translation>请选择文件夹或 ZIP 压缩包。</translation>
        </message>
        <message>
            <source>Choose a folder that contains bundle.json.</source>
            <translation>请选择含有 bundle.json 的文件夹。</translation>
        </message>
        <message>
            <source>Choose a folder to which you may write.</source>
            <translation>请选择可写入的文件夹。</translation>
        </message>
        <message>
            <source>Choose a name that no reviewer has had.</source>
            <translation>请选择一个无人用过的姓名。</translation>
        </message>
        <message>
            <source>Choose another file.</source>
            <translation>请选择其他文件。</translation>
        </message>
        <message>
            <source>Choose another folder with the variable {variable}.</source>
            <translation>请用变量 {variable} 指定其他文件夹。</translation>
        </message>
        <message>
            <source>Choose another folder, or remove the previous export.</source>
            <translation>请选择其他文件夹，或删除先前的导出。</translation>
        </message>
        <message>
            <source>Choose another folder.</source>
            <translation>请选择其他文件夹。</translation>
        </message>
        <message>
            <source>Choose another name.</source>
            <translation>请使用其他姓名。</translation>
        </message>
        <message>
            <source>Choose another, or auto.</source>
            <translation>请选择其他设备，或选 auto。</translation>
        </message>
        <message>
            <source>Choose it again, or another folder, with Laboratory › Watch a folder.</source>
            <translation>请在“实验室 › 监视文件夹”中重新选择该文件夹或其他文件夹。</translation>
        </message>
        <message>
            <source>Choose the exported folder.</source>
            <translation>请选择导出的文件夹。</translation>
        </message>
        <message>
            <source>Choose the folder that the analyser exported, or the folder of one patient in it.</source>
            <translation>请选择阅片机导出的文件夹，或其中某位患者的文件夹。</translation>
        </message>
        <message>
            <source>Choose the torch engine.</source>
            <translation>请选择 torch 引擎。</translation>
        </message>
        <message>
            <source>Class changed</source>
            <translation>类别已更改</translation>
        </message>
        <message>
            <source>Class or patient?</source>
            <translation>类别还是患者？</translation>
        </message>
        <message>
            <source>Class-activation map</source>
            <translation>类激活图</translation>
        </message>
        <message>
            <source>Class-activation map: {stage} – {choice}. Shows what influenced the model, not disease.</source>
            <translation>类激活图：{stage} – {choice}。显示的是影响模型的部位，而非病变。</translation>
        </message>
        <message>
            <source>Classified as {label} {percent} %.</source>
            <translation>分类为{label}，{percent}%。</translation>
        </message>
        <message>
            <source>Classify cells of signed slides without their labels; results by person over time.</source>
            <translation>在不显示标注的情况下对已签名涂片的细胞分类；按人员记录历次结果。</translation>
        </message>
        <message>
            <source>Cleaved nucleus</source>
            <translation>核裂（切迹）</translation>
        </message>
        <message>
            <source>Close its windows, then restore.</source>
            <translation>请关闭其窗口后再恢复。</translation>
        </message>
        <message>
            <source>Close the other window, or try again in a moment.</source>
            <translation>请关闭另一窗口，或稍后再试。</translation>
        </message>
        <message>
            <source>Close the other windows of LeukView; the log is emptied when the last one closes.</source>
            <translation>请关闭 LeukView 的其他窗口；最后一个关闭时日志会清空。</translation>
        </message>
        <message>
            <source>Close the program; all work is saved.</source>
            <translation>关闭程序；一切均已保存。</translation>
        </message>
        <message>
            <source>Code differs from folder</source>
            <translation>代码与文件夹不符</translation>
        </message>
        <message>
            <source>Cohen's κ, disagreements, consensus.</source>
            <translation>Cohen κ 系数、分歧与共识。</translation>
        </message>
        <message>
            <source>Collecting corrections</source>
            <translation>正在收集修正结果</translation>
        </message>
        <message>
            <source>Collecting key cells</source>
            <translation>正在汇集代表性细胞</translation>
        </message>
        <message>
            <source>Collecting the slide</source>
            <translation>正在汇集玻片数据</translation>
        </message>
        <message>
            <source>Comment</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>Comment on the selected cells.</source>
            <translation>为所选细胞添加备注。</translation>
        </message>
        <message>
            <source>Comment on the slide</source>
            <translation>为玻片添加备注</translation>
        </message>
        <message>
            <source>Comment on the slide, printed in the report.</source>
            <translation>玻片的备注，印入报告。</translation>
        </message>
        <message>
            <source>Comment on the slide…</source>
            <translation>为玻片添加备注…</translation>
        </message>
        <message>
            <source>Comment on {cells}</source>
            <translation>为{cells}添加备注</translation>
        </message>
        <message>
            <source>Commented on {about}: “{text}”</source>
            <translation>为{about}添加备注：“{text}”</translation>
        </message>
        <message>
            <source>Comment…</source>
            <translation>备注…</translation>
        </message>
        <message>
            <source>Compare it with texts.en.toml.</source>
            <translation>请与 texts.en.toml 对照。</translation>
        </message>
        <message>
            <source>Compare signed slides with counts at the microscope, and print the protocol.</source>
            <translation>将已签名玻片与镜检计数比较，并生成验证报告。</translation>
        </message>
        <message>
            <source>Compare the models again.</source>
            <translation>请重新比较模型。</translation>
        </message>
        <message>
            <source>Compare the readers…</source>
            <translation>比较阅片者…</translation>
        </message>
        <message>
            <source>Compare this model first.</source>
            <translation>请先比较此模型。</translation>
        </message>
        <message>
            <source>Compare with the model in use.</source>
            <translation>请与当前使用的模型比较。</translation>
        </message>
        <message>
            <source>Compare with the platelet count of the haematology analyser; clumps make both too low.</source>
            <translation>与血细胞分析仪的血小板计数对照；聚集会使两者均偏低。</translation>
        </message>
        <message>
            <source>Compare…</source>
            <translation>对比…</translation>
        </message>
        <message>
            <source>Comparing models</source>
            <translation>正在比较模型</translation>
        </message>
        <message>
            <source>Comparing with the microscope</source>
            <translation>正在与镜检结果比较</translation>
        </message>
        <message>
            <source>Computing the {method} map; this takes a few seconds…</source>
            <translation>正在计算 {method} 图，需要几秒钟…</translation>
        </message>
        <message>
            <source>Confidence of the model, mean</source>
            <translation>模型置信度（均值）</translation>
        </message>
        <message>
            <source>Confirm the class shown for the selected cells and go to the next unreviewed cell.</source>
            <translation>确认所选细胞的所示类别，并转到下一个未审核的细胞。</translation>
        </message>
        <message>
            <source>Confirmed</source>
            <translation>确认</translation>
        </message>
        <message>
            <source>Confirmed {cells} as {label}.</source>
            <translation>确认：{cells}为{label}。</translation>
        </message>
        <message>
            <source>Consensus</source>
            <translation>共识</translation>
        </message>
        <message>
            <source>Copy its archive again.</source>
            <translation>请重新复制其压缩包。</translation>
        </message>
        <message>
            <source>Copy their archive again.</source>
            <translation>请重新复制其压缩包。</translation>
        </message>
        <message>
            <source>Copying or downloading is not finished; open the folder again when it is: {names}.</source>
            <translation>复制或下载尚未结束；请在结束后重新打开该文件夹：{names}。</translation>
        </message>
        <message>
            <source>Copying {name}</source>
            <translation>正在复制 {name}</translation>
        </message>
        <message>
            <source>Correct grading.toml.</source>
            <translation>请修正 grading.toml。</translation>
        </message>
        <message>
            <source>Correct or remove alerts.toml.</source>
            <translation>请修正或删除 alerts.toml。</translation>
        </message>
        <message>
            <source>Correct or remove grading.toml.</source>
            <translation>请修正或移除 grading.toml。</translation>
        </message>
        <message>
            <source>Correct or remove it.</source>
            <translation>请更正或删除该文件。</translation>
        </message>
        <message>
            <source>Correct or remove phrases.toml.</source>
            <translation>请修正或移除 phrases.toml。</translation>
        </message>
        <message>
            <source>Correct or remove site.toml.</source>
            <translation>请修正或删除 site.toml。</translation>
        </message>
        <message>
            <source>Correct or remove the file.</source>
            <translation>请修正或移除该文件。</translation>
        </message>
        <message>
            <source>Correct phrases.toml.</source>
            <translation>请修正 phrases.toml。</translation>
        </message>
        <message>
            <source>Correct the file.</source>
            <translation>请修正该文件。</translation>
        </message>
        <message>
            <source>Correct the outline with brush or clicks; the cell is then classified again.</source>
            <translation>用画笔或点击把轮廓改正；细胞随即按新轮廓重新分类。</translation>
        </message>
        <message>
            <source>Created report {report_id}, SHA-256 {sha256}.</source>
            <translation>生成了报告 {report_id}，SHA-256 {sha256}。</translation>
        </message>
        <message>
            <source>Creating the report</source>
            <translation>正在生成报告</translation>
        </message>
        <message>
            <source>Cup-like nucleus</source>
            <translation>杯口状核</translation>
        </message>
        <message>
            <source>Cut by the image edge</source>
            <translation>细胞被图像边缘截断</translation>
        </message>
        <message>
            <source>DOS, American</source>
            <translation>DOS（美国）</translation>
        </message>
        <message>
            <source>DOS, Cyrillic</source>
            <translation>DOS（西里尔文）</translation>
        </message>
        <message>
            <source>DOS, Western European</source>
            <translation>DOS（西欧）</translation>
        </message>
        <message>
            <source>Daily backup of slides, reviews, names and settings.</source>
            <translation>每日备份玻片、审核、姓名和设置。</translation>
        </message>
        <message>
            <source>Dark theme</source>
            <translation>深色主题</translation>
        </message>
        <message>
            <source>Delete its folder manually.</source>
            <translation>请手动删除其文件夹。</translation>
        </message>
        <message>
            <source>Differential count</source>
            <translation>分类计数</translation>
        </message>
        <message>
            <source>Differential not valid</source>
            <translation>白细胞分类无效</translation>
        </message>
        <message>
            <source>Dimorphic red cells</source>
            <translation>红细胞双相性（双形性）</translation>
        </message>
        <message>
            <source>Discard the changes to the outline.</source>
            <translation>放弃对轮廓的更改。</translation>
        </message>
        <message>
            <source>Discard the repaired outline of {cells}</source>
            <translation>弃用{cells}的修正轮廓</translation>
        </message>
        <message>
            <source>Download it again.</source>
            <translation>请重新下载。</translation>
        </message>
        <message>
            <source>Draw the outline again.</source>
            <translation>请重新勾画。</translation>
        </message>
        <message>
            <source>Drawing synthetic cells</source>
            <translation>正在绘制合成细胞</translation>
        </message>
        <message>
            <source>Duplicate name</source>
            <translation>名称重复</translation>
        </message>
        <message>
            <source>Duplicates</source>
            <translation>重复</translation>
        </message>
        <message>
            <source>Dysplastic erythroblast</source>
            <translation>发育异常（病态造血）有核红细胞</translation>
        </message>
        <message>
            <source>Dysplastic granulocyte</source>
            <translation>发育异常（病态造血）粒细胞</translation>
        </message>
        <message>
            <source>Döhle body</source>
            <translation>杜勒（Döhle）小体</translation>
        </message>
        <message>
            <source>Echinocytes</source>
            <translation>锯齿状红细胞</translation>
        </message>
        <message>
            <source>Elliptocytes</source>
            <translation>椭圆形红细胞</translation>
        </message>
        <message>
            <source>Empty</source>
            <translation>空</translation>
        </message>
        <message>
            <source>Encoding of names</source>
            <translation>名称编码</translation>
        </message>
        <message>
            <source>Enter the password again.</source>
            <translation>请重新输入密码。</translation>
        </message>
        <message>
            <source>Entry {seq} of {chain} in the database differs from the file: the database was changed, or the file belongs to another database.</source>
            <translation>{chain} 第 {seq} 条在数据库与文件中不同：数据库被改动，或文件属于其他数据库。</translation>
        </message>
        <message>
            <source>Entry {seq} of {chain}, listed in the file, is missing in the database: the end was cut off, or an older copy was restored.</source>
            <translation>文件所列的 {chain} 第 {seq} 条在数据库中缺失：末尾被截去，或恢复了较旧的副本。</translation>
        </message>
        <message>
            <source>Eosinophil</source>
            <translation>嗜酸性粒细胞</translation>
        </message>
        <message>
            <source>Eosinophils</source>
            <translation>嗜酸性粒细胞</translation>
        </message>
        <message>
            <source>Erased</source>
            <translation>已清除</translation>
        </message>
        <message>
            <source>Erased the slide and the content of {count} events: {reason}.</source>
            <translation>清除了玻片及 {count} 个事件的内容：{reason}。</translation>
        </message>
        <message>
            <source>Erythroblast</source>
            <translation>有核红细胞（NRBC）</translation>
        </message>
        <message>
            <source>Erythroblast (NRBC)</source>
            <translation>有核红细胞（NRBC）</translation>
        </message>
        <message>
            <source>Erythroblasts (NRBC)</source>
            <translation>有核红细胞（NRBC）</translation>
        </message>
        <message>
            <source>Erythroblasts: {count}, {value} per 100 WBC. Correct the white cell count if the haematology analyser did not.</source>
            <translation>有核红细胞：{count} 个，{value} / 100 WBC。若血细胞分析仪未校正，请校正白细胞计数。</translation>
        </message>
        <message>
            <source>Every action is saved immediately; undo is unlimited, even after a restart. When the slide is complete, sign with Ctrl+Enter, then export the report.</source>
            <translation>每一步操作立即保存；撤销次数不限，重新启动后仍可撤销。玻片审核完毕后按 Ctrl+Enter 签名，然后导出报告。</translation>
        </message>
        <message>
            <source>Export corrections…</source>
            <translation>导出修正结果…</translation>
        </message>
        <message>
            <source>Export data…</source>
            <translation>导出数据…</translation>
        </message>
        <message>
            <source>Export it again.</source>
            <translation>请重新导出。</translation>
        </message>
        <message>
            <source>Export report…</source>
            <translation>导出报告…</translation>
        </message>
        <message>
            <source>Export reviewed cells of signed slides as training data for the next model.</source>
            <translation>将已签名玻片上已审核的细胞导出，作为下一个模型的训练数据。</translation>
        </message>
        <message>
            <source>Export the corrections again.</source>
            <translation>请重新导出修正结果。</translation>
        </message>
        <message>
            <source>Export the slide as FHIR, HL7, CSV, JSON or cell images.</source>
            <translation>将玻片导出为 FHIR、HL7、CSV、JSON 或细胞图像。</translation>
        </message>
        <message>
            <source>Export without names, or on the workstation where the slide was imported.</source>
            <translation>请不含名称导出，或在导入该玻片的工作站上导出。</translation>
        </message>
        <message>
            <source>Export without names.</source>
            <translation>请在不含姓名的情况下导出。</translation>
        </message>
        <message>
            <source>Exported</source>
            <translation>已导出</translation>
        </message>
        <message>
            <source>Exported as {format}, {contents}; SHA-256 {sha256}.</source>
            <translation>已导出为 {format}，{contents}；SHA-256 {sha256}。</translation>
        </message>
        <message>
            <source>Exporting the cells</source>
            <translation>正在导出细胞</translation>
        </message>
        <message>
            <source>Exporting the patient</source>
            <translation>正在导出患者</translation>
        </message>
        <message>
            <source>Features of a mature lymphoid neoplasm</source>
            <translation>成熟淋巴肿瘤的特征</translation>
        </message>
        <message>
            <source>Features raising suspicion of APL</source>
            <translation>有提示 APL 的特征（模型评分）</translation>
        </message>
        <message>
            <source>Features raising suspicion of a mature lymphoid neoplasm</source>
            <translation>有提示成熟淋巴肿瘤的特征（模型评分）</translation>
        </message>
        <message>
            <source>Features raising suspicion of acute leukaemia</source>
            <translation>有提示急性白血病的特征（模型评分）</translation>
        </message>
        <message>
            <source>File missing</source>
            <translation>文件缺失</translation>
        </message>
        <message>
            <source>Finish it first.</source>
            <translation>请先完成。</translation>
        </message>
        <message>
            <source>Finish the second reading first.</source>
            <translation>请先完成第二次阅片。</translation>
        </message>
        <message>
            <source>Fit</source>
            <translation>适合窗口</translation>
        </message>
        <message>
            <source>Flags: {flags}.</source>
            <translation>提示：{flags}。</translation>
        </message>
        <message>
            <source>Folder layout</source>
            <translation>文件夹结构</translation>
        </message>
        <message>
            <source>For PostgreSQL install leukview[postgres].</source>
            <translation>使用 PostgreSQL 请安装 leukview[postgres]。</translation>
        </message>
        <message>
            <source>For Research Use Only. Not for use in diagnostic procedures.</source>
            <translation>仅供科研使用，不得用于临床诊断。</translation>
        </message>
        <message>
            <source>For example malaria parasites: report at once, by the procedure for critical results.</source>
            <translation>例如疟原虫：按危急值程序立即报告。</translation>
        </message>
        <message>
            <source>Fragments, helmet cells, triangular cells, keratocytes; report any number. More than 1 % raises suspicion of thrombotic microangiopathy.</source>
            <translation>碎片、盔形、三角形、角形红细胞；无论多少均须报告。超过 1% 时应怀疑血栓性微血管病。</translation>
        </message>
        <message>
            <source>Free some space and try again.</source>
            <translation>请释放空间后重试。</translation>
        </message>
        <message>
            <source>Giant platelet</source>
            <translation>巨大血小板</translation>
        </message>
        <message>
            <source>Giant platelets</source>
            <translation>巨大血小板</translation>
        </message>
        <message>
            <source>Give 127.0.0.1, or the one address of this computer at which the laboratory's system sends.</source>
            <translation>请填写127.0.0.1，或本机供实验室信息系统发送消息的那一个地址。</translation>
        </message>
        <message>
            <source>Give a free port and an address of this computer, or end the other LeukView that listens.</source>
            <translation>请填写空闲端口和本机地址，或关闭正在监听的另一个LeukView。</translation>
        </message>
        <message>
            <source>Give at least one class to draw.</source>
            <translation>请至少指定一个要绘制的类别。</translation>
        </message>
        <message>
            <source>Give counted cells, not percentages.</source>
            <translation>请填写细胞计数，不要填写百分比。</translation>
        </message>
        <message>
            <source>Give files in PEM format in exchange.toml; a key must have no password.</source>
            <translation>请在exchange.toml中给出PEM格式的文件；私钥不得设密码。</translation>
        </message>
        <message>
            <source>Give one text in quotes.</source>
            <translation>请写一个加引号的文本。</translation>
        </message>
        <message>
            <source>Give the correct encoding with --zip-encoding, or open the archive in the window.</source>
            <translation>请用 --zip-encoding 指定正确的编码，或在窗口中打开该压缩包。</translation>
        </message>
        <message>
            <source>Give the file a name that ends in .csv or .json.</source>
            <translation>文件名须以 .csv 或 .json 结尾。</translation>
        </message>
        <message>
            <source>Give the folder with the cells for the comparison.</source>
            <translation>请指定含比较用细胞的文件夹。</translation>
        </message>
        <message>
            <source>Give the name of a {names} file in the same folder.</source>
            <translation>请写同一文件夹中一个 {names} 文件的名称。</translation>
        </message>
        <message>
            <source>Give the pseudonym shown in the worklist, for example P-2W8XK4TD.</source>
            <translation>请给出工作列表显示的去标识化编号，例如 P-2W8XK4TD。</translation>
        </message>
        <message>
            <source>Give the right “administer” to one role.</source>
            <translation>请为一个角色授予“administer”权限。</translation>
        </message>
        <message>
            <source>Go to the next unreviewed cell.</source>
            <translation>转到下一个未审核的细胞。</translation>
        </message>
        <message>
            <source>Go to the previous unreviewed cell.</source>
            <translation>转到上一个未审核的细胞。</translation>
        </message>
        <message>
            <source>Grade red cells and platelets</source>
            <translation>为红细胞和血小板分级</translation>
        </message>
        <message>
            <source>Grade red cells and platelets.</source>
            <translation>为红细胞和血小板分级。</translation>
        </message>
        <message>
            <source>Graded</source>
            <translation>分级</translation>
        </message>
        <message>
            <source>Graded {items}.</source>
            <translation>分级：{items}。</translation>
        </message>
        <message>
            <source>Granulocytes</source>
            <translation>粒细胞</translation>
        </message>
        <message>
            <source>Group by class</source>
            <translation>按类别分组</translation>
        </message>
        <message>
            <source>HCL</source>
            <translation>HCL</translation>
        </message>
        <message>
            <source>HCL cell</source>
            <translation>HCL 细胞</translation>
        </message>
        <message>
            <source>HCL cells</source>
            <translation>HCL 细胞</translation>
        </message>
        <message>
            <source>HL7 and ASTM need different ports.</source>
            <translation>HL7与ASTM须使用不同端口。</translation>
        </message>
        <message>
            <source>Hairy projections</source>
            <translation>毛发状突起</translation>
        </message>
        <message>
            <source>Half of the cells differ in colour from the training slides more than {value} of the validation cells do. Compare with the control slide; the model is less reliable on this slide, above all between blasts and smudge cells.</source>
            <translation>有半数细胞，其颜色与训练玻片的差别比 {value} 的验证集细胞还大。请与质控玻片比较；本玻片的模型结果可信度降低，尤其是原始细胞与涂抹细胞的鉴别。</translation>
        </message>
        <message>
            <source>Heavily granulated promyelocyte</source>
            <translation>颗粒增多的早幼粒细胞（粗颗粒型）</translation>
        </message>
        <message>
            <source>Help</source>
            <translation>帮助</translation>
        </message>
        <message>
            <source>Hidden (blind review)</source>
            <translation>已隐藏（盲法审核）</translation>
        </message>
        <message>
            <source>Hidden (second reading)</source>
            <translation>已隐藏（第二次阅片）</translation>
        </message>
        <message>
            <source>Hidden file name</source>
            <translation>隐藏名称</translation>
        </message>
        <message>
            <source>Hide the model's prediction</source>
            <translation>隐藏模型的预测</translation>
        </message>
        <message>
            <source>High contrast</source>
            <translation>高对比度</translation>
        </message>
        <message>
            <source>Howell–Jolly bodies</source>
            <translation>豪-焦（Howell-Jolly）小体</translation>
        </message>
        <message>
            <source>Hypersegmented neutrophil</source>
            <translation>核分叶过多的中性粒细胞</translation>
        </message>
        <message>
            <source>Hypochromia</source>
            <translation>低色素性红细胞</translation>
        </message>
        <message>
            <source>Hypogranular neutrophil</source>
            <translation>颗粒减少的中性粒细胞</translation>
        </message>
        <message>
            <source>Hypogranular platelets</source>
            <translation>颗粒减少的血小板</translation>
        </message>
        <message>
            <source>Image</source>
            <translation>图像</translation>
        </message>
        <message>
            <source>Image names that begin with a dot are hidden by other programs; they are read here: {names}.</source>
            <translation>名称以点开头的图片在其他程序中是隐藏的；此处已读取：{names}。</translation>
        </message>
        <message>
            <source>Images are blank or of one colour: {names}.</source>
            <translation>图片几乎无内容，整幅为单一颜色：{names}。</translation>
        </message>
        <message>
            <source>Images are in the cloud and not on this computer; download them and open the folder again: {names}.</source>
            <translation>图片在云端而不在本机；请下载后重新打开该文件夹：{names}。</translation>
        </message>
        <message>
            <source>Images are marked as fully transparent; the mark is ignored: {names}.</source>
            <translation>图片被标记为完全透明；已忽略该标记：{names}。</translation>
        </message>
        <message>
            <source>Images are marked for rotation, which is ignored: {names}.</source>
            <translation>图片带有旋转标记，未予执行：{names}。</translation>
        </message>
        <message>
            <source>Images contain pixels without a value, which are shown black: {names}.</source>
            <translation>图片中有无值的像素，显示为黑色：{names}。</translation>
        </message>
        <message>
            <source>Images missing or changed</source>
            <translation>图像缺失或被改动</translation>
        </message>
        <message>
            <source>Immature</source>
            <translation>未成熟</translation>
        </message>
        <message>
            <source>Immature granulocyte</source>
            <translation>未成熟粒细胞（IG）</translation>
        </message>
        <message>
            <source>Immature granulocytes</source>
            <translation>未成熟粒细胞（IG）</translation>
        </message>
        <message>
            <source>Immature monocyte</source>
            <translation>不成熟单核细胞</translation>
        </message>
        <message>
            <source>Import and analyse slides copied to a folder; choose again to stop.</source>
            <translation>自动导入并分析复制到某文件夹的玻片；再次选择则停止。</translation>
        </message>
        <message>
            <source>Import its folder again.</source>
            <translation>请重新导入其文件夹。</translation>
        </message>
        <message>
            <source>Imported</source>
            <translation>已导入</translation>
        </message>
        <message>
            <source>Imported as “{name}” ({code}).</source>
            <translation>导入时标注为“{name}”（{code}）。</translation>
        </message>
        <message>
            <source>Imported as “{name}”.</source>
            <translation>导入时标注为“{name}”。</translation>
        </message>
        <message>
            <source>Imported the review of slide {slide} from another workstation: {count} events, and the predictions of the models {models}.</source>
            <translation>已从其他工作站导入玻片 {slide} 的审核：{count} 个事件，以及模型 {models} 的预测。</translation>
        </message>
        <message>
            <source>Imported the review of slide {slide} from another workstation: {count} events.</source>
            <translation>已从其他工作站导入玻片 {slide} 的审核：{count} 个事件。</translation>
        </message>
        <message>
            <source>Imported without a label.</source>
            <translation>导入时无标注。</translation>
        </message>
        <message>
            <source>Imported.</source>
            <translation>已导入。</translation>
        </message>
        <message>
            <source>Importing slides</source>
            <translation>正在导入玻片</translation>
        </message>
        <message>
            <source>In classes.toml, a class has the unknown entry “{name}”.</source>
            <translation>classes.toml 中有一个类别含有未知项“{name}”。</translation>
        </message>
        <message>
            <source>In classes.toml, every class must be a table [[classes]].</source>
            <translation>在 classes.toml 中，每个类别都是一个表 [[classes]]。</translation>
        </message>
        <message>
            <source>In classes.toml, the class {key} has a value of the wrong type.</source>
            <translation>在 classes.toml 中，类别 {key} 有一个值的类型不对。</translation>
        </message>
        <message>
            <source>In classes.toml, the class {key} has the unknown parent “{parent}”.</source>
            <translation>classes.toml 中类别 {key} 的上级“{parent}”未知。</translation>
        </message>
        <message>
            <source>In classes.toml, the table [folders] may contain texts only.</source>
            <translation>classes.toml 的表 [folders] 只能包含文本。</translation>
        </message>
        <message>
            <source>In classes.toml, {name} of the class {key} must be a list of texts.</source>
            <translation>classes.toml 中类别 {key} 的 {name} 须为文本列表。</translation>
        </message>
        <message>
            <source>In classes.toml, {name} of the class {key} must be a text.</source>
            <translation>在 classes.toml 中，类别 {key} 的 {name} 须为文本。</translation>
        </message>
        <message>
            <source>In classes.toml, “{key}” cannot be the key of a class.</source>
            <translation>在 classes.toml 中，“{key}”不能作为类别的键。</translation>
        </message>
        <message>
            <source>In the manifest of {path}, {names} is missing.</source>
            <translation>{path} 的清单缺少 {names}。</translation>
        </message>
        <message>
            <source>In {name}, all entries are sealed.</source>
            <translation>{name}的全部条目均已加封。</translation>
        </message>
        <message>
            <source>In {name}, entries are sealed from no. {seq} on ({at}); changes made before cannot be detected by seals.</source>
            <translation>{name}自第 {seq} 条（{at}）起加封；此前的更改无法由封印发现。</translation>
        </message>
        <message>
            <source>In {name}, entries {first} to {last} are missing: the end was cut off, or an older copy of the database was restored.</source>
            <translation>{name}缺少第 {first} 至 {last} 条：末尾被截去，或恢复了较旧的数据库副本。</translation>
        </message>
        <message>
            <source>In {name}, entry {seq} is not the one sealed here: the entries were rewritten, or another copy of the database was restored.</source>
            <translation>{name}的第 {seq} 条不是在此加封的那一条：条目被重写，或恢复了数据库的另一副本。</translation>
        </message>
        <message>
            <source>In {name}, entry {seq} or one before it was changed or removed.</source>
            <translation>{name}的第 {seq} 条或其之前的条目被更改或删除。</translation>
        </message>
        <message>
            <source>In {name}, entry {seq} was missing or different when work continued (detected {at}): the end had been cut off, or an older copy had been restored.</source>
            <translation>继续工作时，{name}的第 {seq} 条缺失或已不同（{at} 发现）：末尾曾被截去，或恢复过较旧的副本。</translation>
        </message>
        <message>
            <source>In {name}, entry {seq} was written or changed outside LeukView ({count} entries in all): its seal is missing or wrong.</source>
            <translation>{name}的第 {seq} 条是在 LeukView 之外写入或改动的（共 {count} 条）：其封印缺失或错误。</translation>
        </message>
        <message>
            <source>In {name}, {count} entries carry seals of other workstations.</source>
            <translation>{name}中有 {count} 条带有其他工作站的封印。</translation>
        </message>
        <message>
            <source>In “{path}”, the column {names} is missing.</source>
            <translation>“{path}”缺少列 {names}。</translation>
        </message>
        <message>
            <source>Inform the first reader.</source>
            <translation>请告知第一阅片者。</translation>
        </message>
        <message>
            <source>Install a model that fits this version.</source>
            <translation>请安装与此版本匹配的模型。</translation>
        </message>
        <message>
            <source>Install it again.</source>
            <translation>请重新安装。</translation>
        </message>
        <message>
            <source>Install leukview[torch], or choose the CPU.</source>
            <translation>请安装 leukview[torch]，或选择 CPU。</translation>
        </message>
        <message>
            <source>Install leukview[torch].</source>
            <translation>请安装 leukview[torch]。</translation>
        </message>
        <message>
            <source>Install one of {names}, or put a font file into the folder report/fonts of LeukView's data folder.</source>
            <translation>请安装 {names} 之一，或将字体文件放入 LeukView 数据文件夹的 report/fonts。</translation>
        </message>
        <message>
            <source>Install the model again.</source>
            <translation>请重新安装模型。</translation>
        </message>
        <message>
            <source>Install the officially published file.</source>
            <translation>请安装官方发布的文件。</translation>
        </message>
        <message>
            <source>Install the optional component: leukview[sign].</source>
            <translation>请安装附加组件：leukview[sign]。</translation>
        </message>
        <message>
            <source>Intracellular organism seen</source>
            <translation>可见胞内病原体</translation>
        </message>
        <message>
            <source>Intracellular organisms</source>
            <translation>胞内病原体</translation>
        </message>
        <message>
            <source>Irregularly contracted cells</source>
            <translation>不规则收缩红细胞</translation>
        </message>
        <message>
            <source>It contains only images larger than a cell.</source>
            <translation>其中只有大于单个细胞的图像。</translation>
        </message>
        <message>
            <source>It is unknown whether {names}{more} is a cell class or a patient.</source>
            <translation>无法确定{names}{more}是细胞类别还是患者。</translation>
        </message>
        <message>
            <source>It may contain {names}.</source>
            <translation>其中可有 {names}。</translation>
        </message>
        <message>
            <source>It must be a CSV file in UTF-8.</source>
            <translation>必须是 UTF-8 编码的 CSV。</translation>
        </message>
        <message>
            <source>Its message is no longer in the identity vault.</source>
            <translation>其消息已不在身份库中。</translation>
        </message>
        <message>
            <source>Japanese</source>
            <translation>日语</translation>
        </message>
        <message>
            <source>Joining the patient's slides</source>
            <translation>正在合并该患者的玻片</translation>
        </message>
        <message>
            <source>Keep the earlier backups; do not delete them.</source>
            <translation>请保留先前的备份，不要删除。</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>按键</translation>
        </message>
        <message>
            <source>Keys are stored in files of this user ({folder}) because the system offers no key store. Whoever can read this user's files can read the keys.</source>
            <translation>系统没有密钥库，密钥保存在该用户的文件中（{folder}）：能读取该用户文件的人也能读取密钥。</translation>
        </message>
        <message>
            <source>Keys are stored in the system's key store.</source>
            <translation>密钥由系统的密钥库保存。</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>类型</translation>
        </message>
        <message>
            <source>Korean</source>
            <translation>韩语</translation>
        </message>
        <message>
            <source>Label as</source>
            <translation>标注为</translation>
        </message>
        <message>
            <source>Label the cell manually.</source>
            <translation>请手动标注该细胞。</translation>
        </message>
        <message>
            <source>Label the selected cells with the analyser's class.</source>
            <translation>将所选细胞标注为阅片机给出的类别。</translation>
        </message>
        <message>
            <source>Label the selected cells: {label}.</source>
            <translation>将所选细胞标注为：{label}。</translation>
        </message>
        <message>
            <source>Labelled</source>
            <translation>标注</translation>
        </message>
        <message>
            <source>Labelled {cells} as {label} (previously shown: {shown}).</source>
            <translation>将{cells}标注为{label}（此前显示：{shown}）。</translation>
        </message>
        <message>
            <source>Labelled {cells} as {label}.</source>
            <translation>将{cells}标注为{label}。</translation>
        </message>
        <message>
            <source>Labelled {given}.</source>
            <translation>标注：{given}。</translation>
        </message>
        <message>
            <source>Laboratory</source>
            <translation>实验室</translation>
        </message>
        <message>
            <source>Language: English</source>
            <translation>语言：English</translation>
        </message>
        <message>
            <source>Language: system</source>
            <translation>语言：跟随系统</translation>
        </message>
        <message>
            <source>Language: 中文 (Chinese)</source>
            <translation>语言：中文</translation>
        </message>
        <message>
            <source>Large granular lymphocyte</source>
            <translation>大颗粒淋巴细胞</translation>
        </message>
        <message>
            <source>Large platelets</source>
            <translation>大血小板</translation>
        </message>
        <message>
            <source>Large view</source>
            <translation>大图</translation>
        </message>
        <message>
            <source>Larger than 8.5 µm; the MCV of the blood count is the better measure.</source>
            <translation>直径大于 8.5 µm；血细胞分析仪的 MCV 更可靠。</translation>
        </message>
        <message>
            <source>Larger thumbnails</source>
            <translation>放大缩略图</translation>
        </message>
        <message>
            <source>Last 24 hours</source>
            <translation>最近 24 小时</translation>
        </message>
        <message>
            <source>Last 30 days</source>
            <translation>最近 30 天</translation>
        </message>
        <message>
            <source>Last 7 days</source>
            <translation>最近 7 天</translation>
        </message>
        <message>
            <source>Last year</source>
            <translation>最近一年</translation>
        </message>
        <message>
            <source>Left shift</source>
            <translation>核左移</translation>
        </message>
        <message>
            <source>Left shift, basophils or eosinophils</source>
            <translation>核左移，嗜碱或嗜酸粒细胞增多</translation>
        </message>
        <message>
            <source>Letters, digits and symbols are allowed.</source>
            <translation>数字、字母和符号均可使用。</translation>
        </message>
        <message>
            <source>LeukView cannot create its folder “{folder}”: {reason}.</source>
            <translation>无法创建 LeukView 的文件夹“{folder}”：{reason}。</translation>
        </message>
        <message>
            <source>LeukView cannot listen at {address}:{port}: {reason}.</source>
            <translation>LeukView无法在{address}:{port}监听：{reason}。</translation>
        </message>
        <message>
            <source>LeukView does not listen at “{address}”, which is open to every network.</source>
            <translation>LeukView不在“{address}”上监听，因为该地址对所有网络开放。</translation>
        </message>
        <message>
            <source>LeukView is open on this data folder.</source>
            <translation>LeukView 正在使用此数据文件夹。</translation>
        </message>
        <message>
            <source>LeukView: keys</source>
            <translation>LeukView：按键</translation>
        </message>
        <message>
            <source>Leukocyte</source>
            <translation>白细胞</translation>
        </message>
        <message>
            <source>Leukocytes counted: {count}, fewer than {minimum}. To sign nevertheless, give the reason.</source>
            <translation>分类白细胞 {count} 个，少于 {minimum} 个。如仍要签名，请填写理由。</translation>
        </message>
        <message>
            <source>Leukocytes counted: {count}. At least {minimum} are needed for a signature.</source>
            <translation>分类白细胞 {count} 个。签名至少需要 {minimum} 个。</translation>
        </message>
        <message>
            <source>Leukocytes counted: {count}. The intervals are wide.</source>
            <translation>分类白细胞 {count} 个。置信区间较宽。</translation>
        </message>
        <message>
            <source>Licences of the program, its models and the libraries it uses.</source>
            <translation>程序、模型及所用程序库的许可证。</translation>
        </message>
        <message>
            <source>Licences…</source>
            <translation>许可证…</translation>
        </message>
        <message>
            <source>Light theme</source>
            <translation>浅色主题</translation>
        </message>
        <message>
            <source>Line {line} of “{path}” has not as many columns as the first.</source>
            <translation>“{path}”第{line}行的列数与首行不一致。</translation>
        </message>
        <message>
            <source>Line {line} of “{path}”: “{text}” is no number of cells.</source>
            <translation>“{path}”第{line}行：“{text}”不是细胞数。</translation>
        </message>
        <message>
            <source>Lineage</source>
            <translation>细胞系</translation>
        </message>
        <message>
            <source>Link</source>
            <translation>链接</translation>
        </message>
        <message>
            <source>Links were not followed; copy the linked files into the folder: {names}.</source>
            <translation>未跟随链接；请将其指向的内容复制到该文件夹中：{names}。</translation>
        </message>
        <message>
            <source>Load what another program wrote to this slide.</source>
            <translation>读入其他程序写入该玻片的内容。</translation>
        </message>
        <message>
            <source>Loading the class-activation map…</source>
            <translation>正在加载类激活图…</translation>
        </message>
        <message>
            <source>Loading the model</source>
            <translation>正在加载模型</translation>
        </message>
        <message>
            <source>Loading the reference atlas</source>
            <translation>正在加载参考图谱</translation>
        </message>
        <message>
            <source>Lock</source>
            <translation>锁定</translation>
        </message>
        <message>
            <source>Lock the window and ask an administrator to unlock it.</source>
            <translation>请锁定窗口，并由管理员解锁。</translation>
        </message>
        <message>
            <source>Lock the window; the PIN or another reviewer unlocks it.</source>
            <translation>锁定窗口；输入 PIN 码或更换审核者后解锁。</translation>
        </message>
        <message>
            <source>Lymphocyte</source>
            <translation>淋巴细胞</translation>
        </message>
        <message>
            <source>Lymphocytes</source>
            <translation>淋巴细胞</translation>
        </message>
        <message>
            <source>Lymphocytes and monocytes</source>
            <translation>淋巴细胞与单核细胞</translation>
        </message>
        <message>
            <source>Lymphocytes, share of leukocytes</source>
            <translation>淋巴细胞百分比</translation>
        </message>
        <message>
            <source>Lymphoid</source>
            <translation>淋系</translation>
        </message>
        <message>
            <source>Lymphoid cell</source>
            <translation>淋巴系细胞</translation>
        </message>
        <message>
            <source>Lymphoid neoplasm</source>
            <translation>淋巴肿瘤</translation>
        </message>
        <message>
            <source>Lymphoid neoplasm: suspicious</source>
            <translation>淋巴系肿瘤：可疑</translation>
        </message>
        <message>
            <source>MDS</source>
            <translation>MDS</translation>
        </message>
        <message>
            <source>MDS cell</source>
            <translation>MDS 细胞</translation>
        </message>
        <message>
            <source>MDS cells</source>
            <translation>MDS 细胞</translation>
        </message>
        <message>
            <source>Macrocytes</source>
            <translation>大红细胞</translation>
        </message>
        <message>
            <source>Making the backup</source>
            <translation>正在生成备份</translation>
        </message>
        <message>
            <source>Malignant</source>
            <translation>恶性</translation>
        </message>
        <message>
            <source>Manual</source>
            <translation>使用说明</translation>
        </message>
        <message>
            <source>Many erythroblasts (NRBC)</source>
            <translation>有核红细胞（NRBC）增多</translation>
        </message>
        <message>
            <source>Many smudge cells</source>
            <translation>涂抹细胞增多</translation>
        </message>
        <message>
            <source>Many unidentified cells</source>
            <translation>未识别细胞过多</translation>
        </message>
        <message>
            <source>Map</source>
            <translation>激活图</translation>
        </message>
        <message>
            <source>Map shown</source>
            <translation>显示激活图</translation>
        </message>
        <message>
            <source>Map: {stage} – {choice}. Shows what influenced the model, not disease.</source>
            <translation>激活图：{stage} – {choice}。显示的是影响模型的部位，而非病变。</translation>
        </message>
        <message>
            <source>Mature</source>
            <translation>成熟</translation>
        </message>
        <message>
            <source>Maturity</source>
            <translation>成熟度</translation>
        </message>
        <message>
            <source>Mean APL score {value} (cells classified as malignant: {count}). APL is an emergency.</source>
            <translation>APL 平均评分 {value}（判为恶性的细胞：{count} 个）。APL 属急症。</translation>
        </message>
        <message>
            <source>Measured the slide as reference slide.</source>
            <translation>将该玻片作为参考玻片测量一次。</translation>
        </message>
        <message>
            <source>Measurements of the reference slide; how often reviewers override the model.</source>
            <translation>参考玻片的测量记录；审核者改判模型结果的频率。</translation>
        </message>
        <message>
            <source>Measuring stain and focus</source>
            <translation>正在测量染色与对焦</translation>
        </message>
        <message>
            <source>Message of Typst: {reason}.</source>
            <translation>Typst 提示：{reason}。</translation>
        </message>
        <message>
            <source>Metamyelocyte</source>
            <translation>晚幼粒细胞</translation>
        </message>
        <message>
            <source>Metamyelocytes</source>
            <translation>晚幼粒细胞</translation>
        </message>
        <message>
            <source>Microcytes</source>
            <translation>小红细胞</translation>
        </message>
        <message>
            <source>Model in use, installation history, comparison and rollback.</source>
            <translation>当前模型、安装记录、比较与回退。</translation>
        </message>
        <message>
            <source>Model {sha256}</source>
            <translation>模型 {sha256}</translation>
        </message>
        <message>
            <source>Model's class</source>
            <translation>模型的类别</translation>
        </message>
        <message>
            <source>Models…</source>
            <translation>模型…</translation>
        </message>
        <message>
            <source>Monocyte</source>
            <translation>单核细胞</translation>
        </message>
        <message>
            <source>Monocytes</source>
            <translation>单核细胞</translation>
        </message>
        <message>
            <source>Myelocyte</source>
            <translation>中幼粒细胞</translation>
        </message>
        <message>
            <source>Myelocytes</source>
            <translation>中幼粒细胞</translation>
        </message>
        <message>
            <source>Myeloid</source>
            <translation>髓系</translation>
        </message>
        <message>
            <source>N:C ratio, median</source>
            <translation>核质比（中位数）</translation>
        </message>
        <message>
            <source>NRBC per 100 WBC</source>
            <translation>NRBC / 100 WBC</translation>
        </message>
        <message>
            <source>Name a class in each further column, with the number of cells below.</source>
            <translation>其余各列以类别命名，下方填写细胞数。</translation>
        </message>
        <message>
            <source>Name, birth date, order and specimen of the open slide; they stay encrypted on this workstation.</source>
            <translation>当前玻片的姓名、出生日期、申请单和标本；加密保存在本工作站。</translation>
        </message>
        <message>
            <source>Names of patients</source>
            <translation>患者姓名</translation>
        </message>
        <message>
            <source>Names, roles and PINs; automatic lock.</source>
            <translation>姓名、角色与 PIN 码；自动锁定。</translation>
        </message>
        <message>
            <source>Neutrophil</source>
            <translation>中性粒细胞</translation>
        </message>
        <message>
            <source>Neutrophils</source>
            <translation>中性粒细胞</translation>
        </message>
        <message>
            <source>Neutrophils, share of leukocytes</source>
            <translation>中性粒细胞百分比</translation>
        </message>
        <message>
            <source>Next unreviewed</source>
            <translation>下一个未审核</translation>
        </message>
        <message>
            <source>No cell found in the image</source>
            <translation>图像中未找到细胞</translation>
        </message>
        <message>
            <source>No changes were made.</source>
            <translation>未作任何更改。</translation>
        </message>
        <message>
            <source>No class-activation map is stored for this cell. Analyse the slide again to compute it.</source>
            <translation>未保存该细胞的类激活图。重新分析玻片即可恢复。</translation>
        </message>
        <message>
            <source>No feature was graded.</source>
            <translation>未分级任何项目。</translation>
        </message>
        <message>
            <source>No font for {texts} was found on this workstation.</source>
            <translation>本工作站没有适用于{texts}的字体。</translation>
        </message>
        <message>
            <source>No image of this slide can be measured.</source>
            <translation>该玻片没有可测量的图像。</translation>
        </message>
        <message>
            <source>No label</source>
            <translation>无标注</translation>
        </message>
        <message>
            <source>No labelled cells in {folder}.</source>
            <translation>{folder} 中没有带标签的细胞。</translation>
        </message>
        <message>
            <source>No other class-activation map can be computed for this cell.</source>
            <translation>无法为该细胞生成其他类激活图。</translation>
        </message>
        <message>
            <source>No patient is kept for comparison yet: a comparison with this site's data needs at least two reviewed patients.</source>
            <translation>尚未留出任何患者用于比较：用本机构数据比较模型至少需要两位已审核的患者。</translation>
        </message>
        <message>
            <source>No permission</source>
            <translation>没有权限</translation>
        </message>
        <message>
            <source>No.</source>
            <translation>序号</translation>
        </message>
        <message>
            <source>None of its {count} images can be used.{reason}</source>
            <translation>其 {count} 张图像均无法使用。{reason}</translation>
        </message>
        <message>
            <source>None of the images in “{path}” can be used. {reason}</source>
            <translation>“{path}”中的图像均无法使用。{reason}</translation>
        </message>
        <message>
            <source>None of the slide's images can be exported: {reasons}</source>
            <translation>玻片的图像均无法导出：{reasons}</translation>
        </message>
        <message>
            <source>Not an image</source>
            <translation>不是图像</translation>
        </message>
        <message>
            <source>Not analysed yet</source>
            <translation>尚未分析</translation>
        </message>
        <message>
            <source>Not complete</source>
            <translation>不完整</translation>
        </message>
        <message>
            <source>Not counted as leukocytes</source>
            <translation>不计入白细胞分类</translation>
        </message>
        <message>
            <source>Not included: {reasons}.</source>
            <translation>未包含：{reasons}。</translation>
        </message>
        <message>
            <source>Not labelled</source>
            <translation>无标注</translation>
        </message>
        <message>
            <source>Not on this computer</source>
            <translation>不在本机</translation>
        </message>
        <message>
            <source>Not readable</source>
            <translation>无法读取</translation>
        </message>
        <message>
            <source>Not reviewed yet</source>
            <translation>尚未审核</translation>
        </message>
        <message>
            <source>Not the same: {fields}.</source>
            <translation>不一致：{fields}。</translation>
        </message>
        <message>
            <source>Not used, because the model has no such class: {count}.</source>
            <translation>因模型没有该类别而未使用：{count}。</translation>
        </message>
        <message>
            <source>Nothing needs to be done.</source>
            <translation>无需任何操作。</translation>
        </message>
        <message>
            <source>Nothing to save</source>
            <translation>无需保存</translation>
        </message>
        <message>
            <source>Nucleus smudged, cannot identify</source>
            <translation>细胞核破碎（涂抹），无法辨认</translation>
        </message>
        <message>
            <source>ONNX Runtime cannot run on “{device}” on this computer.</source>
            <translation>ONNX Runtime 无法在本机的“{device}”上运行。</translation>
        </message>
        <message>
            <source>Often caused by storage or slow drying.</source>
            <translation>常由标本存放或干燥过慢所致。</translation>
        </message>
        <message>
            <source>Omit it and try again.</source>
            <translation>请删去后重试。</translation>
        </message>
        <message>
            <source>On {at}, {actor} accepted the state of the database: “{reason}”. Findings up to then: {found}</source>
            <translation>{at}，{actor} 认可了数据库的状态：“{reason}”。此前发现：{found}</translation>
        </message>
        <message>
            <source>Only a signed result can be sent.</source>
            <translation>只能发送已签名的结果。</translation>
        </message>
        <message>
            <source>Only an administrator may do this.</source>
            <translation>只有管理员可以执行此操作。</translation>
        </message>
        <message>
            <source>Only reviewers who may amend a slide can withdraw a signed slide.</source>
            <translation>已签名的玻片只能由有权修订者撤回。</translation>
        </message>
        <message>
            <source>Only the first image is read of files with several images; save each image as a separate file: {names}.</source>
            <translation>文件中含有多张图片，只读取了第一张；请将每张另存为单独的文件：{names}。</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>Open LeukView with the account that created the names, or restore a backup with “leukview restore”.</source>
            <translation>请在创建它们的帐户下打开 LeukView，或用“leukview restore”恢复备份。</translation>
        </message>
        <message>
            <source>Open a ZIP archive of an analyser export.</source>
            <translation>打开导出数据的 ZIP 文件。</translation>
        </message>
        <message>
            <source>Open a folder exported from the analyser, or drop one here; Help › Open the demo slides creates synthetic ones. Names are replaced by pseudonyms; the folder is only read. For research use only.</source>
            <translation>打开阅片机导出的文件夹，或将其拖到此处；“帮助 › 打开演示玻片”会生成合成玻片。姓名以编号替代，原文件夹只读取、不改动。仅供科研使用。</translation>
        </message>
        <message>
            <source>Open a folder exported from the analyser.</source>
            <translation>打开阅片机导出的文件夹。</translation>
        </message>
        <message>
            <source>Open archive…</source>
            <translation>打开压缩包…</translation>
        </message>
        <message>
            <source>Open folder…</source>
            <translation>打开文件夹…</translation>
        </message>
        <message>
            <source>Open it with Slide › Open archive and choose the encoding.</source>
            <translation>请通过“玻片 › 打开压缩包”打开并选择编码。</translation>
        </message>
        <message>
            <source>Open its folder again and analyse it.</source>
            <translation>请重新打开其文件夹并分析。</translation>
        </message>
        <message>
            <source>Open its folder again.</source>
            <translation>请重新打开其文件夹。</translation>
        </message>
        <message>
            <source>Open the cell and repair its outline again.</source>
            <translation>请重新打开该细胞并再次修正。</translation>
        </message>
        <message>
            <source>Open the demo slides</source>
            <translation>打开演示玻片</translation>
        </message>
        <message>
            <source>Open the form again.</source>
            <translation>请重新打开分级表。</translation>
        </message>
        <message>
            <source>Open the list of disagreements again.</source>
            <translation>请重新打开分歧列表。</translation>
        </message>
        <message>
            <source>Open the list of models again.</source>
            <translation>请重新打开模型列表。</translation>
        </message>
        <message>
            <source>Open the list of reviewers again.</source>
            <translation>请重新打开审核者列表。</translation>
        </message>
        <message>
            <source>Open the manual in the browser; no network is needed.</source>
            <translation>在浏览器中打开使用说明；无需联网。</translation>
        </message>
        <message>
            <source>Open the slide of the cell and try again.</source>
            <translation>请打开该细胞所在的玻片后重试。</translation>
        </message>
        <message>
            <source>Open the slide's folder again.</source>
            <translation>请重新打开该玻片的文件夹。</translation>
        </message>
        <message>
            <source>Opened</source>
            <translation>已查看大图</translation>
        </message>
        <message>
            <source>Opened the large image of {cells}.</source>
            <translation>查看了{cells}的大图。</translation>
        </message>
        <message>
            <source>Other</source>
            <translation>其他</translation>
        </message>
        <message>
            <source>Other AML</source>
            <translation>其他 AML</translation>
        </message>
        <message>
            <source>Other cells</source>
            <translation>其他细胞</translation>
        </message>
        <message>
            <source>Out of focus</source>
            <translation>焦点不清</translation>
        </message>
        <message>
            <source>Outline</source>
            <translation>轮廓</translation>
        </message>
        <message>
            <source>Outline repaired</source>
            <translation>轮廓已修正</translation>
        </message>
        <message>
            <source>Outline wrong</source>
            <translation>轮廓有误</translation>
        </message>
        <message>
            <source>Outlines can be repaired in the first reading only.</source>
            <translation>轮廓只在第一次阅片时修正。</translation>
        </message>
        <message>
            <source>Oval macrocytes</source>
            <translation>卵圆形大红细胞（大卵圆形红细胞）</translation>
        </message>
        <message>
            <source>Ovalocytes</source>
            <translation>卵圆形红细胞</translation>
        </message>
        <message>
            <source>Overall variation in shape; grade the shapes below as well.</source>
            <translation>形态总体不一；请同时为下列具体形态分级。</translation>
        </message>
        <message>
            <source>Overridden</source>
            <translation>改判</translation>
        </message>
        <message>
            <source>Overviews</source>
            <translation>概览图</translation>
        </message>
        <message>
            <source>PCL</source>
            <translation>PCL</translation>
        </message>
        <message>
            <source>PCL cell</source>
            <translation>PCL 细胞</translation>
        </message>
        <message>
            <source>PCL cells</source>
            <translation>PCL 细胞</translation>
        </message>
        <message>
            <source>Packing corrections</source>
            <translation>正在打包修正结果</translation>
        </message>
        <message>
            <source>Pappenheimer bodies</source>
            <translation>Pappenheimer 小体（含铁小体）</translation>
        </message>
        <message>
            <source>Partly read</source>
            <translation>未全部读取</translation>
        </message>
        <message>
            <source>Patient and order…</source>
            <translation>患者与申请单…</translation>
        </message>
        <message>
            <source>Patient or order?</source>
            <translation>患者还是检验单？</translation>
        </message>
        <message>
            <source>Ph negative</source>
            <translation>Ph 阴性</translation>
        </message>
        <message>
            <source>Ph positive</source>
            <translation>Ph 阳性</translation>
        </message>
        <message>
            <source>Ph+ against Ph− ALL</source>
            <translation>Ph+ 与 Ph− ALL</translation>
        </message>
        <message>
            <source>Plasma cell</source>
            <translation>浆细胞</translation>
        </message>
        <message>
            <source>Plasma cells</source>
            <translation>浆细胞</translation>
        </message>
        <message>
            <source>Plasmacytoid lymphocyte</source>
            <translation>浆细胞样淋巴细胞</translation>
        </message>
        <message>
            <source>Platelet</source>
            <translation>血小板</translation>
        </message>
        <message>
            <source>Platelet clump</source>
            <translation>血小板聚集</translation>
        </message>
        <message>
            <source>Platelet clumps</source>
            <translation>血小板聚集</translation>
        </message>
        <message>
            <source>Platelet estimate</source>
            <translation>血小板数量估计</translation>
        </message>
        <message>
            <source>Platelet on a red cell</source>
            <translation>血小板叠于红细胞上</translation>
        </message>
        <message>
            <source>Platelet satellitism</source>
            <translation>血小板卫星现象</translation>
        </message>
        <message>
            <source>Platelets</source>
            <translation>血小板</translation>
        </message>
        <message>
            <source>Poikilocytosis</source>
            <translation>红细胞形态不整（异形红细胞）</translation>
        </message>
        <message>
            <source>Polychromasia</source>
            <translation>嗜多色性红细胞</translation>
        </message>
        <message>
            <source>Poor stain</source>
            <translation>染色不良</translation>
        </message>
        <message>
            <source>Possible encodings: {choices}.</source>
            <translation>可用的编码：{choices}。</translation>
        </message>
        <message>
            <source>Previous unreviewed</source>
            <translation>上一个未审核</translation>
        </message>
        <message>
            <source>Prolymphocyte</source>
            <translation>幼淋巴细胞</translation>
        </message>
        <message>
            <source>Prolymphocytes</source>
            <translation>幼淋巴细胞</translation>
        </message>
        <message>
            <source>Promonocyte</source>
            <translation>幼单核细胞</translation>
        </message>
        <message>
            <source>Promonocytes</source>
            <translation>幼单核细胞</translation>
        </message>
        <message>
            <source>Promyelocyte</source>
            <translation>早幼粒细胞</translation>
        </message>
        <message>
            <source>Promyelocytes</source>
            <translation>早幼粒细胞</translation>
        </message>
        <message>
            <source>Promyelocytes: {count} ({percent} of leukocytes).</source>
            <translation>早幼粒细胞：{count} 个（占白细胞的 {percent}）。</translation>
        </message>
        <message>
            <source>Promyelocytes: {count} ({percent} of leukocytes). Label abnormal ones as “abnormal promyelocyte”.</source>
            <translation>早幼粒细胞：{count} 个（占白细胞 {percent}）。形态异常者请标注为“异常早幼粒细胞”。</translation>
        </message>
        <message>
            <source>Pseudo-Pelger–Huët nucleus</source>
            <translation>假性 Pelger-Huët 畸形</translation>
        </message>
        <message>
            <source>Purpose and limits of LeukView; the model in use.</source>
            <translation>本软件的用途与局限；所用的模型。</translation>
        </message>
        <message>
            <source>Put each value in quotes.</source>
            <translation>请将每个值放在引号内。</translation>
        </message>
        <message>
            <source>Put each value of site.toml in quotes.</source>
            <translation>请将 site.toml 中的每个值放在引号内。</translation>
        </message>
        <message>
            <source>Put it in quotes.</source>
            <translation>请加上引号。</translation>
        </message>
        <message>
            <source>Quality control…</source>
            <translation>质量控制…</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>退出</translation>
        </message>
        <message>
            <source>Reactive lymphocyte</source>
            <translation>反应性淋巴细胞</translation>
        </message>
        <message>
            <source>Read the list again.</source>
            <translation>请重新读取列表。</translation>
        </message>
        <message>
            <source>Read the slide again.</source>
            <translation>请重新读取该玻片。</translation>
        </message>
        <message>
            <source>Read the slide independently, blinded to the first reader and the model.</source>
            <translation>在看不到第一阅片者和模型结果的情况下独立阅片并标注。</translation>
        </message>
        <message>
            <source>Reading reviews</source>
            <translation>正在读取审核记录</translation>
        </message>
        <message>
            <source>Reading signed slides</source>
            <translation>正在读取已签名涂片</translation>
        </message>
        <message>
            <source>Reading the export</source>
            <translation>正在读取导出数据</translation>
        </message>
        <message>
            <source>Reading the reviewed cells</source>
            <translation>正在读取已审核细胞</translation>
        </message>
        <message>
            <source>Reading the worklist</source>
            <translation>正在读取工作列表</translation>
        </message>
        <message>
            <source>Recognised: {names}. Keep the published file name.</source>
            <translation>可识别的有 {names}；请保留官方文件名。</translation>
        </message>
        <message>
            <source>Red cells and platelets…</source>
            <translation>红细胞与血小板…</translation>
        </message>
        <message>
            <source>Red cells: inclusions and arrangement</source>
            <translation>红细胞：包涵体与排列</translation>
        </message>
        <message>
            <source>Red cells: shape</source>
            <translation>红细胞：形状</translation>
        </message>
        <message>
            <source>Red cells: size and colour</source>
            <translation>红细胞：大小与染色</translation>
        </message>
        <message>
            <source>Red of the nuclei, median</source>
            <translation>细胞核红色分量（中位数）</translation>
        </message>
        <message>
            <source>Redid an action.</source>
            <translation>重做一项操作。</translation>
        </message>
        <message>
            <source>Redid no. {seq}: {text}</source>
            <translation>重做第 {seq} 号操作：{text}</translation>
        </message>
        <message>
            <source>Redo</source>
            <translation>重做</translation>
        </message>
        <message>
            <source>Redo the last action that was undone.</source>
            <translation>重做已撤销的操作。</translation>
        </message>
        <message>
            <source>Reference run</source>
            <translation>参考测量</translation>
        </message>
        <message>
            <source>Refresh</source>
            <translation>刷新</translation>
        </message>
        <message>
            <source>Reinstall LeukView.</source>
            <translation>请重新安装 LeukView。</translation>
        </message>
        <message>
            <source>Reinstated {name}.</source>
            <translation>重新启用了 {name}。</translation>
        </message>
        <message>
            <source>Remove it, or correct its spelling.</source>
            <translation>请删除，或更正拼写。</translation>
        </message>
        <message>
            <source>Remove it.</source>
            <translation>请删除。</translation>
        </message>
        <message>
            <source>Remove nolock, immutable or vfs=unix-none from it; vfs=unix-dotfile locks where the place itself cannot.</source>
            <translation>请从地址中删除 nolock、immutable 或 vfs=unix-none；存储位置本身不支持文件锁时，可使用 vfs=unix-dotfile。</translation>
        </message>
        <message>
            <source>Remove “{passage}”; only .typ files of the report can be imported, by name.</source>
            <translation>请删除“{passage}”；只能按名称导入报告的 .typ 文件。</translation>
        </message>
        <message>
            <source>Removed the PIN of {name}.</source>
            <translation>取消了 {name} 的 PIN 码。</translation>
        </message>
        <message>
            <source>Removed the comment on {about}.</source>
            <translation>删除了{about}的备注。</translation>
        </message>
        <message>
            <source>Rename it, or open a copy under another name.</source>
            <translation>请重命名，或以其他名称打开副本。</translation>
        </message>
        <message>
            <source>Renamed {name} to {new_name}.</source>
            <translation>将 {name} 更名为 {new_name}。</translation>
        </message>
        <message>
            <source>Reopen a signed slide for changes; a reason is required.</source>
            <translation>说明理由后重新打开已签名的玻片。</translation>
        </message>
        <message>
            <source>Reopened</source>
            <translation>重新打开</translation>
        </message>
        <message>
            <source>Reopened for amendment: {reason}.</source>
            <translation>为修订而重新打开：{reason}。</translation>
        </message>
        <message>
            <source>Reopened the disagreement on {cells} (first reader: {first}, second reader: {second}).</source>
            <translation>将{cells}重新列为待定（第一阅片者：{first}，第二阅片者：{second}）。</translation>
        </message>
        <message>
            <source>Repair the outline</source>
            <translation>修正轮廓</translation>
        </message>
        <message>
            <source>Repair the outline of {cells}</source>
            <translation>修正{cells}的轮廓</translation>
        </message>
        <message>
            <source>Repair: background</source>
            <translation>修正：背景</translation>
        </message>
        <message>
            <source>Repair: brush or clicks</source>
            <translation>修正：画笔或点击</translation>
        </message>
        <message>
            <source>Repair: cancel</source>
            <translation>修正：取消</translation>
        </message>
        <message>
            <source>Repair: cytoplasm</source>
            <translation>修正：细胞质</translation>
        </message>
        <message>
            <source>Repair: larger brush</source>
            <translation>修正：放大画笔</translation>
        </message>
        <message>
            <source>Repair: nucleus</source>
            <translation>修正：细胞核</translation>
        </message>
        <message>
            <source>Repair: smaller brush</source>
            <translation>修正：缩小画笔</translation>
        </message>
        <message>
            <source>Repaired by {who}, {at}</source>
            <translation>由 {who} 修正，{at}</translation>
        </message>
        <message>
            <source>Repaired the outline of {cells} by {methods} ({refiner}); mask {sha256}.</source>
            <translation>用{methods}修正了{cells}的轮廓（{refiner}）；轮廓 {sha256}。</translation>
        </message>
        <message>
            <source>Repaired the outline of {cells} by {methods}; mask {sha256}.</source>
            <translation>用{methods}修正了{cells}的轮廓；轮廓 {sha256}。</translation>
        </message>
        <message>
            <source>Repeat the calibration: leukview adapt.</source>
            <translation>请重新校准：leukview adapt。</translation>
        </message>
        <message>
            <source>Repeat the comparison.</source>
            <translation>请重新比较。</translation>
        </message>
        <message>
            <source>Report</source>
            <translation>报告</translation>
        </message>
        <message>
            <source>Resolved {cells} as {label} (first reader: {first}, second reader: {second}).</source>
            <translation>{cells}的共识为{label}（第一阅片者：{first}，第二阅片者：{second}）。</translation>
        </message>
        <message>
            <source>Restore a backup with “leukview restore”.</source>
            <translation>请用“leukview restore”恢复备份。</translation>
        </message>
        <message>
            <source>Restore a copy from the backups folder.</source>
            <translation>请从备份文件夹中恢复副本。</translation>
        </message>
        <message>
            <source>Restore a copy of models.db.</source>
            <translation>请恢复 models.db 的副本。</translation>
        </message>
        <message>
            <source>Restore a copy with “leukview restore”.</source>
            <translation>请用“leukview restore”恢复副本。</translation>
        </message>
        <message>
            <source>Restore identity.key from a backup of the LeukView folder.</source>
            <translation>请从 LeukView 文件夹的备份中恢复 identity.key。</translation>
        </message>
        <message>
            <source>Restore into an empty folder, or add --replace: the present content is then kept in a separate folder.</source>
            <translation>请恢复到空文件夹，或加上 --replace：现有内容将另行保留。</translation>
        </message>
        <message>
            <source>Restore its folder from a copy, or roll back: leukview models rollback.</source>
            <translation>请从副本恢复其文件夹，或回退：leukview models rollback。</translation>
        </message>
        <message>
            <source>Restore leukview.db, or restore a backup with “leukview restore FILE --replace”.</source>
            <translation>请恢复 leukview.db，或用“leukview restore FILE --replace”恢复备份。</translation>
        </message>
        <message>
            <source>Restore the file of the analyser's export to its original place.</source>
            <translation>请将阅片机导出的文件放回原处。</translation>
        </message>
        <message>
            <source>Restored the segmenter's outline of {cells}.</source>
            <translation>恢复使用{cells}的分割器轮廓。</translation>
        </message>
        <message>
            <source>Restored the slide to the worklist: {reason}.</source>
            <translation>将玻片恢复到工作列表：{reason}。</translation>
        </message>
        <message>
            <source>Restoring the files</source>
            <translation>正在恢复文件</translation>
        </message>
        <message>
            <source>Results and orders…</source>
            <translation>结果与申请单…</translation>
        </message>
        <message>
            <source>Results can be sent only with the host of the laboratory's system.</source>
            <translation>须填写实验室信息系统的主机，才能发送结果。</translation>
        </message>
        <message>
            <source>Results of LeukView</source>
            <translation>LeukView 的结果</translation>
        </message>
        <message>
            <source>Results of LeukView itself were ignored: {names}.</source>
            <translation>已略去 LeukView 自身的结果：{names}。</translation>
        </message>
        <message>
            <source>Results to the laboratory's system, orders and blood counts from it, and their settings.</source>
            <translation>向实验室信息系统发送结果，接收申请单和血常规，以及相关设置。</translation>
        </message>
        <message>
            <source>Retired {name}.</source>
            <translation>停用了 {name}。</translation>
        </message>
        <message>
            <source>Review</source>
            <translation>审核</translation>
        </message>
        <message>
            <source>Review and sign slides first.</source>
            <translation>请先审核并签名玻片。</translation>
        </message>
        <message>
            <source>Review blinded to the model.</source>
            <translation>对模型设盲审核。</translation>
        </message>
        <message>
            <source>Review more cells.</source>
            <translation>请审核更多细胞。</translation>
        </message>
        <message>
            <source>Review of the differential by a person</source>
            <translation>白细胞分类计数经人工审核</translation>
        </message>
        <message>
            <source>Reviewed and released for research use</source>
            <translation>已审核并发布，仅供科研使用</translation>
        </message>
        <message>
            <source>Reviewer</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>Reviewer's mask {sha256}.</source>
            <translation>审核者的轮廓 {sha256}。</translation>
        </message>
        <message>
            <source>Reviewers…</source>
            <translation>审核者…</translation>
        </message>
        <message>
            <source>Rolling back a model needs a reason.</source>
            <translation>回退模型需要说明理由。</translation>
        </message>
        <message>
            <source>Rouleaux</source>
            <translation>缗钱状排列</translation>
        </message>
        <message>
            <source>Save it as a text file in UTF-8, or remove it from LeukView's folder.</source>
            <translation>请将其保存为 UTF-8 文本文件，或从 LeukView 的文件夹中移除。</translation>
        </message>
        <message>
            <source>Save the report as PDF.</source>
            <translation>将报告保存为 PDF。</translation>
        </message>
        <message>
            <source>Scale not known</source>
            <translation>比例尺未知</translation>
        </message>
        <message>
            <source>Scale {value} µm per pixel</source>
            <translation>比例尺 {value} µm/像素</translation>
        </message>
        <message>
            <source>Schistocytes</source>
            <translation>裂红细胞（红细胞碎片）</translation>
        </message>
        <message>
            <source>Second reader</source>
            <translation>第二阅片者</translation>
        </message>
        <message>
            <source>Second reading</source>
            <translation>第二次阅片</translation>
        </message>
        <message>
            <source>Second reading, blinded to the first reader and the model</source>
            <translation>第二次阅片（对第一阅片者和模型设盲）</translation>
        </message>
        <message>
            <source>Second reading: {text}</source>
            <translation>第二次阅片：{text}</translation>
        </message>
        <message>
            <source>Segment Anything is not installed.</source>
            <translation>未安装 Segment Anything。</translation>
        </message>
        <message>
            <source>Segmented</source>
            <translation>分叶核</translation>
        </message>
        <message>
            <source>Segmented neutrophil</source>
            <translation>中性分叶核粒细胞</translation>
        </message>
        <message>
            <source>Segmented neutrophils</source>
            <translation>中性分叶核粒细胞</translation>
        </message>
        <message>
            <source>Segmenter {name}.</source>
            <translation>分割器 {name}。</translation>
        </message>
        <message>
            <source>Select all</source>
            <translation>全选</translation>
        </message>
        <message>
            <source>Select all cells of this class.</source>
            <translation>选择该类别的全部细胞。</translation>
        </message>
        <message>
            <source>Select all cells shown.</source>
            <translation>选择所示的全部细胞。</translation>
        </message>
        <message>
            <source>Select the group</source>
            <translation>选择整组</translation>
        </message>
        <message>
            <source>Send the result from the workstation where the slide was imported.</source>
            <translation>请在导入该玻片的工作站上发送结果。</translation>
        </message>
        <message>
            <source>Sending results</source>
            <translation>正在发送结果</translation>
        </message>
        <message>
            <source>Set a new PIN for {name}.</source>
            <translation>为 {name} 设定了新的 PIN 码。</translation>
        </message>
        <message>
            <source>Set the variable LOGNAME to another name.</source>
            <translation>请将变量 LOGNAME 设为其他名称。</translation>
        </message>
        <message>
            <source>Set the variable LOGNAME to the name to be logged.</source>
            <translation>请将变量 LOGNAME 设为要记录的名称。</translation>
        </message>
        <message>
            <source>Sharpness (variance of the Laplacian), median</source>
            <translation>清晰度（拉普拉斯方差，中位数）</translation>
        </message>
        <message>
            <source>Show keys below the gallery</source>
            <translation>在图库下方显示按键</translation>
        </message>
        <message>
            <source>Show or hide names and order numbers on this workstation; showing them is recorded.</source>
            <translation>在本工作站显示或隐藏姓名和申请单号；显示会被记录。</translation>
        </message>
        <message>
            <source>Show or hide the list of the slides.</source>
            <translation>显示或隐藏玻片列表。</translation>
        </message>
        <message>
            <source>Show the cell in the whole window, and back again.</source>
            <translation>用整个窗口显示细胞，再按一次返回。</translation>
        </message>
        <message>
            <source>Show the cell next to reference cells confirmed by this laboratory, or next to the other selected cells.</source>
            <translation>将该细胞与本实验室确认的参考细胞或其他所选细胞并排对比。</translation>
        </message>
        <message>
            <source>Show the class-activation map; this is recorded.</source>
            <translation>显示类激活图；使用会被记录。</translation>
        </message>
        <message>
            <source>Show the label keys below the gallery.</source>
            <translation>在图库下方显示标注按键。</translation>
        </message>
        <message>
            <source>Show the outline of cell and nucleus.</source>
            <translation>显示细胞与细胞核的轮廓。</translation>
        </message>
        <message>
            <source>Show whole images as thumbnails instead of cropping them to the cell.</source>
            <translation>缩略图显示整幅图像，而不是裁剪到细胞。</translation>
        </message>
        <message>
            <source>Showed {cells} on the screen.</source>
            <translation>屏幕上显示过{cells}。</translation>
        </message>
        <message>
            <source>Shown on screen</source>
            <translation>已在屏幕上显示</translation>
        </message>
        <message>
            <source>Sickle cells</source>
            <translation>镰形红细胞</translation>
        </message>
        <message>
            <source>Sign</source>
            <translation>签名</translation>
        </message>
        <message>
            <source>Sign in as a reviewer.</source>
            <translation>请以审核者身份登录。</translation>
        </message>
        <message>
            <source>Sign in as this reviewer, or sign with your own name.</source>
            <translation>请以该审核者身份登录，或用您自己的姓名签名。</translation>
        </message>
        <message>
            <source>Sign in first: answers are kept by person.</source>
            <translation>请先登录：答案按人员保存。</translation>
        </message>
        <message>
            <source>Sign more slides, or choose others.</source>
            <translation>请签名更多涂片，或选择其他涂片。</translation>
        </message>
        <message>
            <source>Sign the review; the slide becomes read-only.</source>
            <translation>为审核结果签名；玻片变为只读。</translation>
        </message>
        <message>
            <source>Sign the slide first.</source>
            <translation>请先签名该玻片。</translation>
        </message>
        <message>
            <source>Sign with your own name.</source>
            <translation>请用您自己的姓名签名。</translation>
        </message>
        <message>
            <source>Signed</source>
            <translation>已签名</translation>
        </message>
        <message>
            <source>Signed as {name}: {meaning}.</source>
            <translation>由 {name} 签名：{meaning}。</translation>
        </message>
        <message>
            <source>Signed as {name}: {meaning}; reason for few leukocytes: {reason}.</source>
            <translation>由 {name} 签名：{meaning}；分类白细胞偏少的理由：{reason}。</translation>
        </message>
        <message>
            <source>Signed cells missing from this slide: {count}. The signature is not valid for the rest.</source>
            <translation>此玻片中缺少的已签名细胞：{count} 个。签名对其余细胞无效。</translation>
        </message>
        <message>
            <source>Sign…</source>
            <translation>签名…</translation>
        </message>
        <message>
            <source>Similar name</source>
            <translation>名称相似</translation>
        </message>
        <message>
            <source>Single cell, large</source>
            <translation>单个细胞大图</translation>
        </message>
        <message>
            <source>Slide</source>
            <translation>玻片</translation>
        </message>
        <message>
            <source>Slide details</source>
            <translation>玻片信息</translation>
        </message>
        <message>
            <source>Slide details…</source>
            <translation>玻片信息…</translation>
        </message>
        <message>
            <source>Slide score {value} from {count} cells. Among patients not used for training, {sensitivity} of those with APL reached the lower limit; {specificity} of those without APL stayed below it.</source>
            <translation>玻片评分 {value}，来自 {count} 个细胞。在未用于训练的患者中，{sensitivity} 的 APL 患者达到下限；{specificity} 的非 APL 患者低于下限。</translation>
        </message>
        <message>
            <source>Slide score {value} from {count} cells. Among patients not used for training, {sensitivity} of those with APL reached the lower limit; {specificity} of those without APL stayed below it. Look for abnormal promyelocytes and Auer rods.</source>
            <translation>玻片评分 {value}，涉及 {count} 个细胞。在未用于训练的患者中，{sensitivity} 的 APL 患者达到下限；{specificity} 的非 APL 患者低于下限。请寻找异常早幼粒细胞和 Auer 小体。</translation>
        </message>
        <message>
            <source>Slide score {value} from {count} cells. Among patients not used for training, {sensitivity} of those with a lymphoid neoplasm reached the upper limit; {specificity} of those without stayed below it. In reactive lymphocytosis false alerts are more frequent: see the model card.</source>
            <translation>玻片评分 {value}，涉及 {count} 个细胞。在未用于训练的患者中，{sensitivity} 的淋巴肿瘤患者达到上限；{specificity} 的其他患者低于上限。在反应性淋巴细胞增多中误报更多：见模型卡。</translation>
        </message>
        <message>
            <source>Slide score {value} from {count} cells. Among patients not used for training, {sensitivity} of those with acute leukaemia reached the upper limit; {specificity} of those without stayed below it.</source>
            <translation>玻片评分 {value}，涉及 {count} 个细胞。在未用于训练的患者中，{sensitivity} 的急性白血病患者达到上限；{specificity} 的其他患者低于上限。</translation>
        </message>
        <message>
            <source>Slide score {value} from {count} cells; APL is an emergency. Among patients not used for training, {sensitivity} of those with APL reached the upper limit; {specificity} of those without APL stayed below it.</source>
            <translation>玻片评分 {value}，来自 {count} 个细胞；APL 属急症。在未用于训练的患者中，{sensitivity} 的 APL 患者达到上限；{specificity} 的非 APL 患者低于上限。</translation>
        </message>
        <message>
            <source>Slide {slide} is signed. Cells with a new class by the analyser: {count}. These classes are ignored.</source>
            <translation>玻片 {slide} 已签名。阅片机给出新类别的细胞：{count} 个。这些类别不予采用。</translation>
        </message>
        <message>
            <source>Slide {slide} is signed. New cells in this folder: {count}. They are not part of the signature or of any result until the slide is amended.</source>
            <translation>玻片 {slide} 已签名。此文件夹中的新细胞：{count} 个。在修订玻片之前，它们不属于该签名，也不计入任何结果。</translation>
        </message>
        <message>
            <source>Slide {slide} is signed. New cells: {count}; they are not part of the signature until the slide is amended. Cells with a new class by the analyser: {relabelled}; these classes are ignored.</source>
            <translation>玻片 {slide} 已签名。新细胞：{count} 个；在修订玻片之前，它们不属于该签名。阅片机给出新类别的细胞：{relabelled} 个；这些类别不予采用。</translation>
        </message>
        <message>
            <source>Slide {slide}, signed by {name} on {at}, was changed after the signature: {changes}.</source>
            <translation>玻片 {slide} 由 {name} 于 {at} 签名，此后被改动：{changes}。</translation>
        </message>
        <message>
            <source>Smaller than the nucleus of a small lymphocyte; the MCV of the blood count is the better measure.</source>
            <translation>小于小淋巴细胞的核；血细胞分析仪的 MCV 更可靠。</translation>
        </message>
        <message>
            <source>Smaller thumbnails</source>
            <translation>缩小缩略图</translation>
        </message>
        <message>
            <source>Smudge cell</source>
            <translation>涂抹细胞</translation>
        </message>
        <message>
            <source>Smudge cells</source>
            <translation>涂抹细胞</translation>
        </message>
        <message>
            <source>Smudge cells: {count}, {value} per 100 WBC. Consider an albumin smear.</source>
            <translation>涂抹细胞：{count} 个，{value} / 100 WBC。可考虑加白蛋白后重新推片。</translation>
        </message>
        <message>
            <source>Spherocytes</source>
            <translation>球形红细胞</translation>
        </message>
        <message>
            <source>Stage “{stage}” was not trained: not assessed by this model.</source>
            <translation>阶段“{stage}”未经训练：本模型不予评估。</translation>
        </message>
        <message>
            <source>Stage “{stage}” was trained without: {names}.</source>
            <translation>阶段“{stage}”的训练数据中没有：{names}。</translation>
        </message>
        <message>
            <source>Stain deposit</source>
            <translation>染料沉渣</translation>
        </message>
        <message>
            <source>Stain unlike the training slides</source>
            <translation>染色与训练玻片不同</translation>
        </message>
        <message>
            <source>Statement {number} about the seals was changed.</source>
            <translation>关于封印的第 {number} 条声明被改动。</translation>
        </message>
        <message>
            <source>Stomatocytes</source>
            <translation>口形红细胞</translation>
        </message>
        <message>
            <source>Switch between brush and clicks.</source>
            <translation>在画笔与点击之间切换。</translation>
        </message>
        <message>
            <source>Synthetic slides for trying out the program.</source>
            <translation>用于试用程序的合成玻片。</translation>
        </message>
        <message>
            <source>System file</source>
            <translation>系统文件</translation>
        </message>
        <message>
            <source>System files and hidden files or folders were skipped: {names}.</source>
            <translation>已跳过系统文件、系统文件夹及隐藏项目：{names}。</translation>
        </message>
        <message>
            <source>System theme</source>
            <translation>跟随系统主题</translation>
        </message>
        <message>
            <source>Tails that all point in one direction are caused by spreading.</source>
            <translation>尾部均朝同一方向者为推片所致。</translation>
        </message>
        <message>
            <source>Target cells</source>
            <translation>靶形红细胞</translation>
        </message>
        <message>
            <source>Teardrop cells</source>
            <translation>泪滴形红细胞</translation>
        </message>
        <message>
            <source>The LOINC code {names} has a wrong check digit.</source>
            <translation>LOINC 代码 {names} 的校验位错误。</translation>
        </message>
        <message>
            <source>The PIN is wrong.</source>
            <translation>PIN 码错误。</translation>
        </message>
        <message>
            <source>The PIN of this reviewer is damaged.</source>
            <translation>该审核者的 PIN 码数据已损坏。</translation>
        </message>
        <message>
            <source>The acceptance criteria cannot be read: they need version = 1 and at least one entry [[guards]].</source>
            <translation>把关指标无法读取：需要 version = 1 和至少一项 [[guards]]。</translation>
        </message>
        <message>
            <source>The acceptance criteria cannot be read: {reason}.</source>
            <translation>把关指标无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The acceptance criterion for “{figure}” contains an invalid value.</source>
            <translation>“{figure}”的把关指标含有无效的值。</translation>
        </message>
        <message>
            <source>The address of the database cannot be used.</source>
            <translation>数据库地址无法使用。</translation>
        </message>
        <message>
            <source>The address of the database does not name a file.</source>
            <translation>数据库地址未指向文件。</translation>
        </message>
        <message>
            <source>The address of the database turns its file locks off: two connections could damage it.</source>
            <translation>数据库地址关闭了文件锁：两个连接同时写入可能损坏数据库。</translation>
        </message>
        <message>
            <source>The alert rule “{rule}” uses the unknown word {names}.</source>
            <translation>警示规则“{rule}”使用了未知词 {names}。</translation>
        </message>
        <message>
            <source>The alert rules cannot be read: {reason}.</source>
            <translation>警示规则无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The alert “{title}” is not acknowledged.</source>
            <translation>警示“{title}”尚未知悉。</translation>
        </message>
        <message>
            <source>The answer to the analyser's query cannot be written.</source>
            <translation>无法写入对分析仪查询的应答。</translation>
        </message>
        <message>
            <source>The answers cannot be saved in {name}: {reason}.</source>
            <translation>无法将答案保存到 {name}：{reason}。</translation>
        </message>
        <message>
            <source>The answers cannot be stored here.</source>
            <translation>此处无法保存答案。</translation>
        </message>
        <message>
            <source>The archive contains more than {limit} entries.</source>
            <translation>压缩包中的条目超过 {limit} 个。</translation>
        </message>
        <message>
            <source>The archive contains names twice; only the last image of each name is read: {names}.</source>
            <translation>压缩包中有重复的名称；每个名称只读取最后一张图片：{names}。</translation>
        </message>
        <message>
            <source>The archive does not state the encoding of its file names; they are read as {encoding}.</source>
            <translation>压缩包未注明名称的编码；按 {encoding} 读取。</translation>
        </message>
        <message>
            <source>The archive would unpack to more than 8 GB.</source>
            <translation>压缩包解压后将超过 8 GB。</translation>
        </message>
        <message>
            <source>The archive “{name}” does not state the encoding of its file names ({examples}).</source>
            <translation>压缩包“{name}”未注明名称的编码（{examples}）。</translation>
        </message>
        <message>
            <source>The archive “{name}” does not state the encoding of its file names, so it was not imported.</source>
            <translation>压缩包“{name}”未注明名称的编码，因此未导入。</translation>
        </message>
        <message>
            <source>The archive “{name}” is damaged.</source>
            <translation>压缩包“{name}”已损坏。</translation>
        </message>
        <message>
            <source>The archive's entry “{name}” was refused: {reason}.</source>
            <translation>压缩包中的“{name}”被拒绝：{reason}。</translation>
        </message>
        <message>
            <source>The backup cannot be made: {reason}.</source>
            <translation>无法生成备份：{reason}。</translation>
        </message>
        <message>
            <source>The backup cannot be restored: {reason}.</source>
            <translation>无法恢复备份：{reason}。</translation>
        </message>
        <message>
            <source>The cache of analyses cannot be emptied.</source>
            <translation>无法清空分析缓存。</translation>
        </message>
        <message>
            <source>The candidate is the same model as the one in use.</source>
            <translation>当前模型与候选模型是同一个模型。</translation>
        </message>
        <message>
            <source>The candidate must not be installed.</source>
            <translation>候选模型不得安装。</translation>
        </message>
        <message>
            <source>The cells of this set were erased.</source>
            <translation>该培训集的细胞已被删除。</translation>
        </message>
        <message>
            <source>The cells of {name} include no patient kept for comparison.</source>
            <translation>{name} 的细胞中没有留作比较的患者。</translation>
        </message>
        <message>
            <source>The certificate of {host}:{port} is not valid: {reason}.</source>
            <translation>{host}:{port}的证书无效：{reason}。</translation>
        </message>
        <message>
            <source>The certificates of the connection cannot be used: {reason}.</source>
            <translation>连接的证书无法使用：{reason}。</translation>
        </message>
        <message>
            <source>The class alias “{name}” is given for two classes.</source>
            <translation>类别别名“{name}”对应两个类别。</translation>
        </message>
        <message>
            <source>The class aliases contain the unknown class {names}.</source>
            <translation>类别别名中有未知类别 {names}。</translation>
        </message>
        <message>
            <source>The class {cell_class} cannot be a subclass of {parent}.</source>
            <translation>类别 {cell_class} 不能作为 {parent} 的下级类别。</translation>
        </message>
        <message>
            <source>The class “{key}” is not defined here.</source>
            <translation>此处未定义类别“{key}”。</translation>
        </message>
        <message>
            <source>The code of {count} files differs from their folder; the folder is used, for example {examples}.</source>
            <translation>有 {count} 个文件的代码与所在文件夹不符，以文件夹为准，例如 {examples}。</translation>
        </message>
        <message>
            <source>The column “{name}” of “{path}” is no class.</source>
            <translation>“{path}”的列“{name}”不是类别。</translation>
        </message>
        <message>
            <source>The comparison belongs to another candidate.</source>
            <translation>比较报告针对的是另一个候选模型。</translation>
        </message>
        <message>
            <source>The comparison cannot be read.</source>
            <translation>比较报告无法读取。</translation>
        </message>
        <message>
            <source>The comparison cannot be saved: {reason}.</source>
            <translation>比较报告无法保存：{reason}。</translation>
        </message>
        <message>
            <source>The comparison was made by another version of LeukView.</source>
            <translation>比较报告由另一版本的 LeukView 生成。</translation>
        </message>
        <message>
            <source>The comparison was not made against the model that is in use now.</source>
            <translation>比较报告的对照不是当前使用的模型。</translation>
        </message>
        <message>
            <source>The content of this event was changed after it was written.</source>
            <translation>其内容在写入后被更改。</translation>
        </message>
        <message>
            <source>The content of this event was erased.</source>
            <translation>此事件的内容已清除。</translation>
        </message>
        <message>
            <source>The corrections cannot be exported: {reason}.</source>
            <translation>修正结果无法导出：{reason}。</translation>
        </message>
        <message>
            <source>The corrections contain the unknown data split “{unknown}”.</source>
            <translation>修正结果中有未知的划分“{unknown}”。</translation>
        </message>
        <message>
            <source>The counting rules cannot be read: {reason}.</source>
            <translation>无法读取计数规则：{reason}。</translation>
        </message>
        <message>
            <source>The counting rules must have version {version}.</source>
            <translation>计数规则的版本必须为 {version}。</translation>
        </message>
        <message>
            <source>The counts are updated with every key, each percentage with its exact interval. Click a class to show its cells; drag cells onto a class to label them.</source>
            <translation>每次按键后计数即时更新，每个百分比都附有精确置信区间。单击某一类别可显示其细胞；将细胞拖到某一类别上即可标注。</translation>
        </message>
        <message>
            <source>The data folder already contains data.</source>
            <translation>数据文件夹中已有数据。</translation>
        </message>
        <message>
            <source>The database cannot be created there.</source>
            <translation>无法在该处建立数据库。</translation>
        </message>
        <message>
            <source>The database cannot be opened.</source>
            <translation>无法打开数据库。</translation>
        </message>
        <message>
            <source>The database contains seals of another workstation (key {key}), which only that workstation can verify.</source>
            <translation>数据库含有另一工作站（密钥 {key}）的封印，只有该工作站能校验。</translation>
        </message>
        <message>
            <source>The database could not be updated; it was left unchanged.</source>
            <translation>数据库未能升级，保持原样。</translation>
        </message>
        <message>
            <source>The database file is damaged or is not a database.</source>
            <translation>数据库文件已损坏，或并非数据库。</translation>
        </message>
        <message>
            <source>The database file is damaged.</source>
            <translation>数据库文件已损坏。</translation>
        </message>
        <message>
            <source>The database file was deleted, renamed or replaced while LeukView was open; the last action was not saved.</source>
            <translation>数据库文件在 LeukView 打开时被删除、改名或替换；最后的操作未保存。</translation>
        </message>
        <message>
            <source>The database file was truncated while LeukView was open; the last action may be lost.</source>
            <translation>数据库文件在 LeukView 打开时被截断；最后的操作可能丢失。</translation>
        </message>
        <message>
            <source>The database is empty, but {count} slides were imported on this workstation: the database was deleted or replaced.</source>
            <translation>数据库为空，但本工作站曾导入 {count} 张玻片：数据库已被删除或替换。</translation>
        </message>
        <message>
            <source>The database is in use by another program.</source>
            <translation>数据库正被其他程序使用。</translation>
        </message>
        <message>
            <source>The database is in use; deleted content may remain in its write-ahead log.</source>
            <translation>数据库正在使用，已删除的内容可能仍在其预写日志中。</translation>
        </message>
        <message>
            <source>The database is read-only.</source>
            <translation>数据库为只读。</translation>
        </message>
        <message>
            <source>The database needs a file.</source>
            <translation>数据库须存为文件。</translation>
        </message>
        <message>
            <source>The database refused the operation.</source>
            <translation>数据库拒绝了操作。</translation>
        </message>
        <message>
            <source>The database still contains what the file lists ({named}).</source>
            <translation>数据库仍含文件所列的内容（{named}）。</translation>
        </message>
        <message>
            <source>The database was not updated, because no copy of it could be made first.</source>
            <translation>数据库未升级，因为无法事先为其建立副本。</translation>
        </message>
        <message>
            <source>The demo cannot be saved in “{directory}”: {reason}.</source>
            <translation>演示数据无法保存到“{directory}”：{reason}。</translation>
        </message>
        <message>
            <source>The device “{name}” is not available.</source>
            <translation>设备“{name}”不可用。</translation>
        </message>
        <message>
            <source>The diagnosis “{diagnosis}” is unknown.</source>
            <translation>诊断“{diagnosis}”未知。</translation>
        </message>
        <message>
            <source>The disk that holds the database reports an error.</source>
            <translation>数据库所在磁盘报告错误。</translation>
        </message>
        <message>
            <source>The driver of this database ({name}) is not installed.</source>
            <translation>此数据库的驱动程序（{name}）未安装。</translation>
        </message>
        <message>
            <source>The embedded segmenter cannot be run.</source>
            <translation>内置分割器无法运行。</translation>
        </message>
        <message>
            <source>The embedded segmenter is damaged: {name} was changed.</source>
            <translation>内置分割器已损坏：{name} 被改动。</translation>
        </message>
        <message>
            <source>The embedded segmenter is missing.</source>
            <translation>缺少内置分割器。</translation>
        </message>
        <message>
            <source>The embedded segmenter's description cannot be read.</source>
            <translation>内置分割器的描述文件无法读取。</translation>
        </message>
        <message>
            <source>The entry holds a number or a character that cannot be stored.</source>
            <translation>该条目含无法存储的数字或字符。</translation>
        </message>
        <message>
            <source>The export cannot be saved in “{folder}”: {reason}.</source>
            <translation>导出数据无法保存到“{folder}”：{reason}。</translation>
        </message>
        <message>
            <source>The export cannot be saved: {reason}.</source>
            <translation>无法保存导出数据：{reason}。</translation>
        </message>
        <message>
            <source>The figures of the model “{manifest}” cannot be read.</source>
            <translation>无法读取模型“{manifest}”的指标。</translation>
        </message>
        <message>
            <source>The file cannot be read: {reason}.</source>
            <translation>无法读取文件：{reason}。</translation>
        </message>
        <message>
            <source>The file cannot be saved in “{parent}”: {reason}.</source>
            <translation>文件无法保存到“{parent}”：{reason}。</translation>
        </message>
        <message>
            <source>The file cannot be saved: {reason}.</source>
            <translation>无法保存文件：{reason}。</translation>
        </message>
        <message>
            <source>The file contains no head of the review log.</source>
            <translation>文件中没有审核日志的末条。</translation>
        </message>
        <message>
            <source>The file format must be CSV or JSON.</source>
            <translation>文件格式须为 CSV 或 JSON。</translation>
        </message>
        <message>
            <source>The file is too large.</source>
            <translation>文件过大。</translation>
        </message>
        <message>
            <source>The file list of the embedded segmenter is wrong.</source>
            <translation>内置分割器的文件清单有误。</translation>
        </message>
        <message>
            <source>The file list of the model “{manifest}” is wrong: {names}.</source>
            <translation>模型“{manifest}”的文件清单有误：{names}。</translation>
        </message>
        <message>
            <source>The file roles.toml contains unknown roles or omits some: {roles}.</source>
            <translation>文件 roles.toml 含未知角色或缺少角色：{roles}。</translation>
        </message>
        <message>
            <source>The file roles.toml gives nobody the right to administer.</source>
            <translation>文件 roles.toml 未授予任何人管理权限。</translation>
        </message>
        <message>
            <source>The file roles.toml is not valid: {reason}.</source>
            <translation>文件 roles.toml 无效：{reason}。</translation>
        </message>
        <message>
            <source>The file system of the database does not support its journal, so a power failure could lose reviews.</source>
            <translation>数据库所在文件系统不支持数据库日志，断电可能丢失审核记录。</translation>
        </message>
        <message>
            <source>The file {name} cannot be read.</source>
            <translation>无法读取文件{name}。</translation>
        </message>
        <message>
            <source>The file {name} cannot be read: {reason}.</source>
            <translation>无法读取文件 {name}：{reason}。</translation>
        </message>
        <message>
            <source>The file {name} cannot be used: {reason}.</source>
            <translation>文件{name}无法使用：{reason}。</translation>
        </message>
        <message>
            <source>The file {name} cannot be written: {reason}.</source>
            <translation>无法写入文件{name}：{reason}。</translation>
        </message>
        <message>
            <source>The file {name} of the embedded segmenter is missing.</source>
            <translation>内置分割器的文件 {name} 缺失。</translation>
        </message>
        <message>
            <source>The file {name} of the model “{manifest}” does not fit its network.</source>
            <translation>模型“{manifest}”的文件 {name} 与其网络不匹配。</translation>
        </message>
        <message>
            <source>The file {name} of the model “{manifest}” is damaged.</source>
            <translation>模型“{manifest}”的文件 {name} 已损坏。</translation>
        </message>
        <message>
            <source>The file {name} of the model “{manifest}” is missing.</source>
            <translation>模型“{manifest}”的文件 {name} 缺失。</translation>
        </message>
        <message>
            <source>The findings of the model “{manifest}” are not valid.</source>
            <translation>模型“{manifest}”的所见界限无效。</translation>
        </message>
        <message>
            <source>The first column of “{path}” must be “slide” or “order”.</source>
            <translation>“{path}”的第一列须为“slide”或“order”。</translation>
        </message>
        <message>
            <source>The folder with the laboratory's messages cannot be read.</source>
            <translation>无法读取实验室消息的文件夹。</translation>
        </message>
        <message>
            <source>The folder “{name}” cannot be read: {reason}.</source>
            <translation>文件夹“{name}”无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The folder's name is not readable text.</source>
            <translation>文件夹名称无法辨读。</translation>
        </message>
        <message>
            <source>The format of the embedded segmenter cannot be read by this program.</source>
            <translation>内置分割器的格式本程序无法读取。</translation>
        </message>
        <message>
            <source>The gallery</source>
            <translation>细胞图库</translation>
        </message>
        <message>
            <source>The grading form cannot be read: {reason}.</source>
            <translation>分级表无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The grading form contains {names} twice.</source>
            <translation>分级表中 {names} 出现两次。</translation>
        </message>
        <message>
            <source>The grading form has no entry “{key} {grade}”.</source>
            <translation>分级表中没有“{key} {grade}”。</translation>
        </message>
        <message>
            <source>The grading form has no grade {names} for {item}.</source>
            <translation>分级表中 {item} 没有 {names} 这一等级。</translation>
        </message>
        <message>
            <source>The graph of the model “{manifest}” cannot be run.</source>
            <translation>模型“{manifest}”的计算图无法运行。</translation>
        </message>
        <message>
            <source>The graph of the model “{manifest}” does not fit its description.</source>
            <translation>模型“{manifest}”的计算图与其描述不符。</translation>
        </message>
        <message>
            <source>The hash chain of one event is intact.</source>
            <translation>1 个事件的哈希链完整。</translation>
        </message>
        <message>
            <source>The hash chain of {count} events is intact.</source>
            <translation>{count} 个事件的哈希链完整。</translation>
        </message>
        <message>
            <source>The identity vault cannot be opened.</source>
            <translation>无法打开身份库。</translation>
        </message>
        <message>
            <source>The image of this cell is not on this workstation.</source>
            <translation>该细胞的图像不在本工作站上。</translation>
        </message>
        <message>
            <source>The installed model {sha256} is no longer on this workstation.</source>
            <translation>已安装的模型 {sha256} 已不在本工作站上。</translation>
        </message>
        <message>
            <source>The installed model {sha256} was changed after it was installed.</source>
            <translation>已安装的模型 {sha256} 在安装后被改动。</translation>
        </message>
        <message>
            <source>The key of the identity vault is damaged.</source>
            <translation>身份库的密钥已损坏。</translation>
        </message>
        <message>
            <source>The key of the identity vault is missing; known patients could not be recognised.</source>
            <translation>缺少身份库的密钥，因此无法识别已知患者。</translation>
        </message>
        <message>
            <source>The key “{name}” of this user account is damaged.</source>
            <translation>此用户帐户的密钥“{name}”已损坏。</translation>
        </message>
        <message>
            <source>The laboratory's system acknowledged another message.</source>
            <translation>实验室信息系统确认的是另一条消息。</translation>
        </message>
        <message>
            <source>The laboratory's system answered with something that is no HL7 message.</source>
            <translation>实验室信息系统的应答不是HL7消息。</translation>
        </message>
        <message>
            <source>The laboratory's system cut the connection.</source>
            <translation>实验室信息系统中断了连接。</translation>
        </message>
        <message>
            <source>The laboratory's system does not acknowledge the result in time.</source>
            <translation>实验室信息系统未按时确认结果。</translation>
        </message>
        <message>
            <source>The laboratory's system {host}:{port} cannot be reached: {reason}.</source>
            <translation>无法连接实验室信息系统{host}:{port}：{reason}。</translation>
        </message>
        <message>
            <source>The last administrator cannot be retired.</source>
            <translation>最后一位管理员不能停用。</translation>
        </message>
        <message>
            <source>The left button marks background.</source>
            <translation>左键标为背景。</translation>
        </message>
        <message>
            <source>The left button marks cytoplasm.</source>
            <translation>左键标为细胞质。</translation>
        </message>
        <message>
            <source>The left button marks nucleus.</source>
            <translation>左键标为细胞核。</translation>
        </message>
        <message>
            <source>The list of LOINC terms cannot be read: {reason}.</source>
            <translation>无法读取 LOINC 术语表：{reason}。</translation>
        </message>
        <message>
            <source>The list of LOINC terms contains the unknown class {names}.</source>
            <translation>LOINC 术语表包含未知类别 {names}。</translation>
        </message>
        <message>
            <source>The logo “{name}” is not an image of the type its name states, or is larger than 4 MiB.</source>
            <translation>标志“{name}”不是其名称所示类型的图片，或大于 4 MiB。</translation>
        </message>
        <message>
            <source>The manifest of {path} contains a weight that is not a number.</source>
            <translation>{path} 的清单含有不是数字的权重。</translation>
        </message>
        <message>
            <source>The manifest of {path} contains a weight that is not positive.</source>
            <translation>{path} 的清单含有非正的权重。</translation>
        </message>
        <message>
            <source>The mask “{path}” cannot be saved: {reason}.</source>
            <translation>掩膜“{path}”无法保存：{reason}。</translation>
        </message>
        <message>
            <source>The model has format {found}; this program reads up to {known}.</source>
            <translation>模型格式为 {found}；本程序最多读取到格式 {known}。</translation>
        </message>
        <message>
            <source>The model has not analysed this cell yet, so there is no class-activation map.</source>
            <translation>模型尚未分析该细胞：没有类激活图。</translation>
        </message>
        <message>
            <source>The model has the unknown architecture “{architecture}”.</source>
            <translation>模型的网络结构“{architecture}”未知。</translation>
        </message>
        <message>
            <source>The model is uncertain</source>
            <translation>模型不确定</translation>
        </message>
        <message>
            <source>The model registry that was sealed here is missing from the data folder.</source>
            <translation>在此加封的模型登记簿已不在数据文件夹中。</translation>
        </message>
        <message>
            <source>The model registry was changed outside LeukView: entry {seq} is the first invalid one.</source>
            <translation>模型登记簿在 LeukView 之外被改动：第 {seq} 条记录是第一条损坏的。</translation>
        </message>
        <message>
            <source>The model that ships with LeukView is in use: there is no earlier one.</source>
            <translation>正在使用随程序提供的模型：没有更早的模型。</translation>
        </message>
        <message>
            <source>The model uses the unknown background treatment “{background}”.</source>
            <translation>模型要求的背景处理方式“{background}”未知。</translation>
        </message>
        <message>
            <source>The model uses the unknown pooling method “{pooling}”.</source>
            <translation>模型的汇聚方式未知：“{pooling}”。</translation>
        </message>
        <message>
            <source>The model “{manifest}” cannot be installed: {reason}.</source>
            <translation>模型“{manifest}”无法安装：{reason}。</translation>
        </message>
        <message>
            <source>The model “{manifest}” cannot be saved: {reason}.</source>
            <translation>无法保存模型“{manifest}”：{reason}。</translation>
        </message>
        <message>
            <source>The model “{manifest}” has no trained stage.</source>
            <translation>模型“{manifest}”没有已训练的阶段。</translation>
        </message>
        <message>
            <source>The model “{manifest}” is damaged: {name} was changed.</source>
            <translation>模型“{manifest}”已损坏：{name} 被改动。</translation>
        </message>
        <message>
            <source>The model “{manifest}” lists a stage twice.</source>
            <translation>模型“{manifest}”重复列出同一阶段。</translation>
        </message>
        <message>
            <source>The model “{manifest}” was changed while it was copied.</source>
            <translation>模型“{manifest}”在复制过程中被改动。</translation>
        </message>
        <message>
            <source>The model “{manifest}” was made for other classes.</source>
            <translation>模型“{manifest}”是为其他类别制作的。</translation>
        </message>
        <message>
            <source>The model's bundle.json cannot be read.</source>
            <translation>模型的 bundle.json 无法读取。</translation>
        </message>
        <message>
            <source>The model's bundle.json does not match its format.</source>
            <translation>模型的 bundle.json 与其格式不符。</translation>
        </message>
        <message>
            <source>The model's bundle.json is not valid: {reason}.</source>
            <translation>模型的 bundle.json 不符合要求：{reason}。</translation>
        </message>
        <message>
            <source>The model's preprocessing is out of range.</source>
            <translation>模型的预处理参数超出范围。</translation>
        </message>
        <message>
            <source>The name of the file “{name}” is not readable text, so the file was skipped; rename it.</source>
            <translation>文件“{name}”的名称无法辨读，已跳过；请重命名。</translation>
        </message>
        <message>
            <source>The name of this user is not readable text.</source>
            <translation>该用户的名称不是可读文本。</translation>
        </message>
        <message>
            <source>The names for this slide are not stored on this workstation.</source>
            <translation>本工作站没有该玻片的姓名信息。</translation>
        </message>
        <message>
            <source>The names in the archive “{name}” cannot be read as {encoding}.</source>
            <translation>压缩包“{name}”中的名称无法按 {encoding} 读取。</translation>
        </message>
        <message>
            <source>The names of the patients are encrypted with a key that this user account does not have.</source>
            <translation>患者姓名用此用户帐户没有的密钥加密。</translation>
        </message>
        <message>
            <source>The network's normalisation layers contain no statistics.</source>
            <translation>网络的归一化层不含统计量。</translation>
        </message>
        <message>
            <source>The operating system has no name for this user.</source>
            <translation>操作系统中没有该用户的名称。</translation>
        </message>
        <message>
            <source>The outline does not have the size of the image.</source>
            <translation>轮廓与图像大小不符。</translation>
        </message>
        <message>
            <source>The paper size “{paper}” is unknown.</source>
            <translation>未知纸张“{paper}”。</translation>
        </message>
        <message>
            <source>The path of {cell_class} skips to {step}.</source>
            <translation>{cell_class} 的路径跳到了 {step}。</translation>
        </message>
        <message>
            <source>The phrases cannot be read: {reason}.</source>
            <translation>短语无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The phrases contain the code {names} twice.</source>
            <translation>短语代码 {names} 出现两次。</translation>
        </message>
        <message>
            <source>The prediction sets of the stage {stage} of “{manifest}” are not valid.</source>
            <translation>“{manifest}”中阶段 {stage} 的预测集合无效。</translation>
        </message>
        <message>
            <source>The previous model cannot be used.</source>
            <translation>先前的模型无法使用。</translation>
        </message>
        <message>
            <source>The readers agree on this cell.</source>
            <translation>两位阅片者对该细胞没有分歧。</translation>
        </message>
        <message>
            <source>The record of reviewers was changed outside LeukView and cannot be read.</source>
            <translation>审核者变更记录在 LeukView 之外被改动，无法读取。</translation>
        </message>
        <message>
            <source>The record of reviewers was changed outside LeukView: line {seq} is the first invalid one.</source>
            <translation>审核者变更记录在 LeukView 之外被改动：第 {seq} 行是第一个损坏的。</translation>
        </message>
        <message>
            <source>The reference ranges in {path} cannot be read: {reason}.</source>
            <translation>{path} 中的参考区间无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The reference ranges use the unknown unit {names}.</source>
            <translation>参考区间使用了未知单位 {names}。</translation>
        </message>
        <message>
            <source>The rejection threshold {abstain_below} of the model “{manifest}” is out of range.</source>
            <translation>模型“{manifest}”的拒判阈值 {abstain_below} 超出范围。</translation>
        </message>
        <message>
            <source>The report cannot be saved in “{parent}”: {reason}.</source>
            <translation>报告无法保存到“{parent}”：{reason}。</translation>
        </message>
        <message>
            <source>The report could not be created.</source>
            <translation>报告未能生成。</translation>
        </message>
        <message>
            <source>The report could not be created: {reason}.</source>
            <translation>报告未能生成：{reason}。</translation>
        </message>
        <message>
            <source>The report could not be created: “{path}” cannot be read, {reason}.</source>
            <translation>报告未能生成：“{path}”无法读取，{reason}。</translation>
        </message>
        <message>
            <source>The results cannot be saved in “{output}”: {reason}.</source>
            <translation>结果无法保存到“{output}”：{reason}。</translation>
        </message>
        <message>
            <source>The results wait in the outbox and are sent as soon as it can be reached.</source>
            <translation>结果保留在发件箱中，连接恢复后立即发送。</translation>
        </message>
        <message>
            <source>The review log was changed outside LeukView at event {seq}, so nothing was exported.</source>
            <translation>审核日志在事件 {seq} 处于 LeukView 之外被改动，因此未导出任何内容。</translation>
        </message>
        <message>
            <source>The review log was changed outside LeukView: event {seq} (slide {slide_id}, {reviewer}, {at}) is the first invalid one. {reason}</source>
            <translation>审核日志在 LeukView 之外被改动：事件 {seq}（玻片 {slide_id}，{reviewer}，{at}）是第一个损坏的事件。{reason}</translation>
        </message>
        <message>
            <source>The role of a reviewer is unknown.</source>
            <translation>某位审核者的角色未知。</translation>
        </message>
        <message>
            <source>The role “{role}” in roles.toml has unknown or repeated rights: {rights}.</source>
            <translation>roles.toml 中的角色“{role}”含未知或重复的权限：{rights}。</translation>
        </message>
        <message>
            <source>The role “{role}” in roles.toml needs the list “rights” and nothing else.</source>
            <translation>roles.toml 中的角色“{role}”只能含列表“rights”。</translation>
        </message>
        <message>
            <source>The score raises suspicion and is not specific: in 65 % of acute leukaemias another analyser falsely reported some abnormal promyelocytes (ISLH 433).</source>
            <translation>该评分仅提示可疑，并不特异：另一种阅片机在 65% 的急性白血病中曾误报异常早幼粒细胞（ISLH 433）。</translation>
        </message>
        <message>
            <source>The sealed head of the log, stored outside the database, cannot be read.</source>
            <translation>无法读取保存在数据库之外的末条封印。</translation>
        </message>
        <message>
            <source>The sealed head of the log, which LeukView stores outside the database, is missing on this workstation.</source>
            <translation>本工作站上缺少 LeukView 保存在数据库之外的末条封印。</translation>
        </message>
        <message>
            <source>The seals cannot be verified: {reason}</source>
            <translation>无法校验封印：{reason}</translation>
        </message>
        <message>
            <source>The seals of this database were removed.</source>
            <translation>此数据库的封印已被删除。</translation>
        </message>
        <message>
            <source>The second reading needs another person: change reviewer.</source>
            <translation>第二次阅片须由另一人进行：请更换审核者。</translation>
        </message>
        <message>
            <source>The server is backed up by its administrator.</source>
            <translation>由其管理员备份服务器。</translation>
        </message>
        <message>
            <source>The set needs a name.</source>
            <translation>请为培训集命名。</translation>
        </message>
        <message>
            <source>The sign rule cannot be read: {reason}.</source>
            <translation>签名规则无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The sign rule has missing or unknown entries: {names}.</source>
            <translation>签名规则缺少条目或含有未知条目：{names}。</translation>
        </message>
        <message>
            <source>The sign rule must have version {version}.</source>
            <translation>签名规则的版本必须为 {version}。</translation>
        </message>
        <message>
            <source>The site file cannot be read: {reason}.</source>
            <translation>无法读取机构信息文件：{reason}。</translation>
        </message>
        <message>
            <source>The site file may contain texts only.</source>
            <translation>机构信息文件只能包含文本。</translation>
        </message>
        <message>
            <source>The site's calibration in the model cannot be read.</source>
            <translation>无法读取模型中的本地校准。</translation>
        </message>
        <message>
            <source>The site's calibration in the model is not valid.</source>
            <translation>模型中的本地校准无效。</translation>
        </message>
        <message>
            <source>The site's calibration in “{name}” was made for other classes.</source>
            <translation>“{name}”中的本地校准属于其他类别。</translation>
        </message>
        <message>
            <source>The slide cannot be signed yet.</source>
            <translation>该玻片尚不能签名。</translation>
        </message>
        <message>
            <source>The slide is already signed.</source>
            <translation>该玻片已签名。</translation>
        </message>
        <message>
            <source>The slide is already withdrawn.</source>
            <translation>玻片已撤回。</translation>
        </message>
        <message>
            <source>The slide is not signed.</source>
            <translation>该玻片未签名。</translation>
        </message>
        <message>
            <source>The slide is not withdrawn.</source>
            <translation>玻片未撤回。</translation>
        </message>
        <message>
            <source>The slide is signed and read-only.</source>
            <translation>该玻片已签名，为只读。</translation>
        </message>
        <message>
            <source>The slide was changed after it was shown.</source>
            <translation>玻片在显示之后被更改。</translation>
        </message>
        <message>
            <source>The stage {stage} of the model “{manifest}” is not valid.</source>
            <translation>模型“{manifest}”的阶段 {stage} 有误。</translation>
        </message>
        <message>
            <source>The system's key store did not return a stored key.</source>
            <translation>系统的密钥库未提供其所保存的密钥。</translation>
        </message>
        <message>
            <source>The system's key store refused access.</source>
            <translation>系统的密钥库拒绝访问。</translation>
        </message>
        <message>
            <source>The table cannot be saved: {reason}.</source>
            <translation>无法保存表格：{reason}。</translation>
        </message>
        <message>
            <source>The table of class aliases cannot be read: {reason}.</source>
            <translation>无法读取类别别名表：{reason}。</translation>
        </message>
        <message>
            <source>The taxonomy contains the {kind} {names} twice.</source>
            <translation>分类体系中 {kind} {names} 出现两次。</translation>
        </message>
        <message>
            <source>The taxonomy file cannot be read: {reason}.</source>
            <translation>分类体系文件无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The taxonomy has no class “{class_key}”.</source>
            <translation>分类体系中没有类别“{class_key}”。</translation>
        </message>
        <message>
            <source>The taxonomy has no class “{label}”, which the demo needs.</source>
            <translation>分类体系中没有演示所需的类别“{label}”。</translation>
        </message>
        <message>
            <source>The taxonomy has no diagnosis “{diagnosis}”.</source>
            <translation>分类体系中没有诊断“{diagnosis}”。</translation>
        </message>
        <message>
            <source>The taxonomy step “{text}” does not have the form stage:choice.</source>
            <translation>分类体系的步骤“{text}”不符合 stage:choice 的形式。</translation>
        </message>
        <message>
            <source>The taxonomy uses the unknown step {names}.</source>
            <translation>分类体系使用了未知步骤 {names}。</translation>
        </message>
        <message>
            <source>The taxonomy uses the unknown tree {names}.</source>
            <translation>分类体系使用了未知的树 {names}。</translation>
        </message>
        <message>
            <source>The torch engine is not installed.</source>
            <translation>未安装 torch 引擎。</translation>
        </message>
        <message>
            <source>The training data of the model “{manifest}” cannot be read.</source>
            <translation>无法读取模型“{manifest}”的训练数据说明。</translation>
        </message>
        <message>
            <source>The two models have no stage in common.</source>
            <translation>两个模型没有共同的阶段。</translation>
        </message>
        <message>
            <source>The watched folder cannot be read.</source>
            <translation>监视文件夹无法读取。</translation>
        </message>
        <message>
            <source>The weights of corrections cannot be read: {reason}.</source>
            <translation>修正结果的权重无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The weights of corrections have missing or unknown entries: {names}.</source>
            <translation>修正结果的权重缺少条目或含有未知条目：{names}。</translation>
        </message>
        <message>
            <source>The weights of corrections must be positive numbers.</source>
            <translation>修正结果的权重必须是正数。</translation>
        </message>
        <message>
            <source>The weights of the model “{manifest}” do not fit.</source>
            <translation>模型“{manifest}”的权重不匹配。</translation>
        </message>
        <message>
            <source>The weights of {name} are damaged.</source>
            <translation>{name} 的权重文件已损坏。</translation>
        </message>
        <message>
            <source>The weights of {name} are not installed.</source>
            <translation>未安装 {name} 的权重文件。</translation>
        </message>
        <message>
            <source>The weights of {name} cannot be read: {reason}.</source>
            <translation>{name} 的权重文件无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The weights of {name} do not fit its network.</source>
            <translation>{name} 的权重文件与其网络不符。</translation>
        </message>
        <message>
            <source>The white cell count does not include erythroblasts</source>
            <translation>白细胞计数不包含有核红细胞</translation>
        </message>
        <message>
            <source>The white cell count includes erythroblasts and is corrected for them</source>
            <translation>白细胞计数包含有核红细胞，已作校正</translation>
        </message>
        <message>
            <source>The widths of a network must be above zero.</source>
            <translation>网络宽度必须大于零。</translation>
        </message>
        <message>
            <source>The widths of a trunk must be divisible by its groups.</source>
            <translation>主干网络的宽度必须能被分组数整除。</translation>
        </message>
        <message>
            <source>The worker processes cannot be started.</source>
            <translation>无法启动工作进程。</translation>
        </message>
        <message>
            <source>There are no corrections to export.</source>
            <translation>没有可导出的修正结果。</translation>
        </message>
        <message>
            <source>There are no report texts for the language “{language}”.</source>
            <translation>没有语言“{language}”的报告文本。</translation>
        </message>
        <message>
            <source>There are no reviewed cells for the calibration.</source>
            <translation>没有可用于校准的已审核细胞。</translation>
        </message>
        <message>
            <source>There is no class-activation method “{method}”.</source>
            <translation>没有类激活方法“{method}”。</translation>
        </message>
        <message>
            <source>There is no database in the data folder.</source>
            <translation>数据文件夹中没有数据库。</translation>
        </message>
        <message>
            <source>There is no engine “{engine}”.</source>
            <translation>没有引擎“{engine}”。</translation>
        </message>
        <message>
            <source>There is no figure “{figure}” for an acceptance criterion.</source>
            <translation>没有可作把关的指标“{figure}”。</translation>
        </message>
        <message>
            <source>There is no model at “{path}”.</source>
            <translation>“{path}”处没有模型。</translation>
        </message>
        <message>
            <source>There is no patient “{patient}” in this database.</source>
            <translation>此数据库中没有患者“{patient}”。</translation>
        </message>
        <message>
            <source>There is no segmenter “{name}”.</source>
            <translation>没有分割器“{name}”。</translation>
        </message>
        <message>
            <source>There is no space left for the database.</source>
            <translation>数据库所在磁盘空间不足。</translation>
        </message>
        <message>
            <source>There is no such file.</source>
            <translation>没有该文件。</translation>
        </message>
        <message>
            <source>There is no synthetic form of the class “{class_key}”.</source>
            <translation>类别“{class_key}”没有合成形态。</translation>
        </message>
        <message>
            <source>This backup was made by a newer version of LeukView.</source>
            <translation>此备份由更新版本的 LeukView 制作。</translation>
        </message>
        <message>
            <source>This database is not sealed yet; sealing starts with the next entry.</source>
            <translation>此数据库尚未加封；写入下一条时加封。</translation>
        </message>
        <message>
            <source>This database replaced the one that was sealed here (detected {at}).</source>
            <translation>此数据库取代了在此加封的数据库（{at} 发现）。</translation>
        </message>
        <message>
            <source>This database was made by a newer version of LeukView.</source>
            <translation>该数据库由更新版本的 LeukView 建立。</translation>
        </message>
        <message>
            <source>This database was not made by LeukView.</source>
            <translation>该数据库并非由 LeukView 建立。</translation>
        </message>
        <message>
            <source>This event can no longer be read.</source>
            <translation>该事件已无法读取。</translation>
        </message>
        <message>
            <source>This image was changed since the import.</source>
            <translation>此图像在导入后已被改动。</translation>
        </message>
        <message>
            <source>This installation cannot erase slides.</source>
            <translation>此安装不清除玻片。</translation>
        </message>
        <message>
            <source>This installation cannot export corrections.</source>
            <translation>此安装不能导出修正结果。</translation>
        </message>
        <message>
            <source>This installation cannot export slides.</source>
            <translation>此安装不支持导出玻片。</translation>
        </message>
        <message>
            <source>This installation cannot make backups.</source>
            <translation>此安装不能生成备份。</translation>
        </message>
        <message>
            <source>This installation cannot sign reports cryptographically.</source>
            <translation>此安装无法为报告作数字签名。</translation>
        </message>
        <message>
            <source>This installation contains no demo slides.</source>
            <translation>本安装不含演示玻片。</translation>
        </message>
        <message>
            <source>This installation does not manage models.</source>
            <translation>此安装不管理模型。</translation>
        </message>
        <message>
            <source>This installation does not support repair by clicks.</source>
            <translation>此安装不支持点击修正。</translation>
        </message>
        <message>
            <source>This installation exchanges nothing with the laboratory.</source>
            <translation>本安装不与实验室交换数据。</translation>
        </message>
        <message>
            <source>This installation has no training.</source>
            <translation>本安装不含培训功能。</translation>
        </message>
        <message>
            <source>This installation writes no verification.</source>
            <translation>本安装不能生成验证报告。</translation>
        </message>
        <message>
            <source>This laboratory's template report.typ cannot be rendered.</source>
            <translation>本实验室的模板 report.typ 无法生成报告。</translation>
        </message>
        <message>
            <source>This laboratory's template report.typ may not load packages or run text as code.</source>
            <translation>本实验室的模板 report.typ 不得加载软件包，也不得将文本作为代码运行。</translation>
        </message>
        <message>
            <source>This model was not trained on {stage}:{choice}.</source>
            <translation>该模型未经 {stage}:{choice} 训练。</translation>
        </message>
        <message>
            <source>This pattern concerns the whole cell population and cannot be seen on a single cell ({count} cells concerned). Check the whole differential.</source>
            <translation>此为细胞群体的特征，单个细胞无法体现（涉及 {count} 个细胞）。请综合查看全部分类计数。</translation>
        </message>
        <message>
            <source>This process has no database of its own.</source>
            <translation>此进程没有自己的数据库。</translation>
        </message>
        <message>
            <source>This reviewer has no PIN.</source>
            <translation>该审核者没有 PIN 码。</translation>
        </message>
        <message>
            <source>This reviewer is unknown.</source>
            <translation>该审核者未知。</translation>
        </message>
        <message>
            <source>This set holds cells of a slide that you read as second reader.</source>
            <translation>该培训集含有您作为第二阅片者待阅涂片的细胞。</translation>
        </message>
        <message>
            <source>This signature needs a reason.</source>
            <translation>此签名需要填写理由。</translation>
        </message>
        <message>
            <source>This slide is not analysed yet.</source>
            <translation>该玻片尚未分析。</translation>
        </message>
        <message>
            <source>This slide is not in the database.</source>
            <translation>该玻片不在数据库中。</translation>
        </message>
        <message>
            <source>This version of LeukView cannot read any other version.</source>
            <translation>此版 LeukView 不读其他版本。</translation>
        </message>
        <message>
            <source>This was decided already.</source>
            <translation>此项已处理。</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>To change it, amend the slide and give a reason.</source>
            <translation>如需更改，请修订该玻片并说明理由。</translation>
        </message>
        <message>
            <source>To listen with TLS, LeukView needs a certificate and its key.</source>
            <translation>使用TLS监听时，LeukView需要证书及其私钥。</translation>
        </message>
        <message>
            <source>Too few cells</source>
            <translation>分类白细胞数过少</translation>
        </message>
        <message>
            <source>Too large</source>
            <translation>过大</translation>
        </message>
        <message>
            <source>Too many wrong PINs.</source>
            <translation>PIN 码错误次数过多。</translation>
        </message>
        <message>
            <source>Tour</source>
            <translation>导览</translation>
        </message>
        <message>
            <source>Toxic granulation</source>
            <translation>中毒颗粒</translation>
        </message>
        <message>
            <source>Training…</source>
            <translation>培训…</translation>
        </message>
        <message>
            <source>Try again with --workers 1.</source>
            <translation>请使用 --workers 1 重试。</translation>
        </message>
        <message>
            <source>Try again.</source>
            <translation>请重试。</translation>
        </message>
        <message>
            <source>Two cells in the image</source>
            <translation>图像中有两个细胞</translation>
        </message>
        <message>
            <source>Two classes</source>
            <translation>两个类别</translation>
        </message>
        <message>
            <source>Two columns of “{path}” are the same class.</source>
            <translation>“{path}”中有两列为同一类别。</translation>
        </message>
        <message>
            <source>Undid an action.</source>
            <translation>撤销一项操作。</translation>
        </message>
        <message>
            <source>Undid no. {seq}: {text}</source>
            <translation>撤销第 {seq} 号操作：{text}</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>撤销</translation>
        </message>
        <message>
            <source>Undo the last action; unlimited.</source>
            <translation>撤销上一步操作，次数不限。</translation>
        </message>
        <message>
            <source>Unidentified</source>
            <translation>未识别</translation>
        </message>
        <message>
            <source>Unidentified (most probable: {best})</source>
            <translation>未识别（最可能：{best}）</translation>
        </message>
        <message>
            <source>Unidentified cells</source>
            <translation>未识别的细胞</translation>
        </message>
        <message>
            <source>Unidentified cells may be blasts</source>
            <translation>未识别细胞可能为原始细胞</translation>
        </message>
        <message>
            <source>Unidentified cells neither opened nor labelled: {count}.</source>
            <translation>既未查看大图也未标注的未识别细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Unidentified cells not opened: {count}.</source>
            <translation>尚未查看大图的未识别细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Unidentified cells not yet shown on the screen: {count}.</source>
            <translation>尚未在屏幕上显示过的未识别细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Unidentified cells that may be blasts or blast equivalents: {count}. Check and label each of them.</source>
            <translation>可能为原始细胞或其等同细胞的未识别细胞：{count} 个。请逐个查看并标注。</translation>
        </message>
        <message>
            <source>Unidentified cells: {count}, {value} of leukocytes and unidentified cells. Label them before using the differential.</source>
            <translation>未识别细胞：{count} 个，占白细胞与未识别细胞之和的 {value}。使用分类计数前请先标注这些细胞。</translation>
        </message>
        <message>
            <source>Unidentified: may be blasts</source>
            <translation>未识别细胞：可能为原始细胞</translation>
        </message>
        <message>
            <source>Unlike the training set</source>
            <translation>与训练集不相似</translation>
        </message>
        <message>
            <source>Unlock it and restart LeukView.</source>
            <translation>请解锁后重新启动 LeukView。</translation>
        </message>
        <message>
            <source>Unlock it, or work in the session in which LeukView was set up.</source>
            <translation>请解锁密钥库，或在设置 LeukView 时所用的会话中工作。</translation>
        </message>
        <message>
            <source>Unpack it and open one part of it.</source>
            <translation>请解压后打开其中一部分。</translation>
        </message>
        <message>
            <source>Unpack it and open the folder.</source>
            <translation>请解压后打开文件夹。</translation>
        </message>
        <message>
            <source>Unpacking the backup</source>
            <translation>正在解包备份</translation>
        </message>
        <message>
            <source>Unsafe archive entry</source>
            <translation>不安全的压缩包条目</translation>
        </message>
        <message>
            <source>Unusual stain</source>
            <translation>染色异常</translation>
        </message>
        <message>
            <source>Update LeukView on this workstation to open it.</source>
            <translation>请升级本工作站的 LeukView 后再打开。</translation>
        </message>
        <message>
            <source>Update LeukView on this workstation.</source>
            <translation>请升级本工作站的 LeukView。</translation>
        </message>
        <message>
            <source>Update LeukView.</source>
            <translation>请更新 LeukView。</translation>
        </message>
        <message>
            <source>Use --class “{name}=CLASS” (or patient, or leave out), or open it in the window, which asks.</source>
            <translation>请用 --class “{name}=类别”（或 patient、leave out）说明，或在窗口中打开并回答。</translation>
        </message>
        <message>
            <source>Use a report, a JSON, FHIR or HL7 export, or an anchor, made when the log was not empty.</source>
            <translation>请使用日志非空时生成的报告、JSON、FHIR 或 HL7 导出或锚定文件。</translation>
        </message>
        <message>
            <source>Use another certificate.</source>
            <translation>请换用其他证书。</translation>
        </message>
        <message>
            <source>Use another file.</source>
            <translation>请换用其他文件。</translation>
        </message>
        <message>
            <source>Use letters, digits and hyphens.</source>
            <translation>请使用字母、数字和连字符。</translation>
        </message>
        <message>
            <source>Use the analyser's class</source>
            <translation>采用阅片机的类别</translation>
        </message>
        <message>
            <source>Use the brush.</source>
            <translation>请使用画笔。</translation>
        </message>
        <message>
            <source>Use the names of the classes as LeukView shows them.</source>
            <translation>请使用LeukView显示的类别名称。</translation>
        </message>
        <message>
            <source>Used the analyser's classes: {given}.</source>
            <translation>采用了阅片机的类别：{given}。</translation>
        </message>
        <message>
            <source>Vacuolated blast</source>
            <translation>原始细胞，胞质空泡</translation>
        </message>
        <message>
            <source>Valid rights: {rights}.</source>
            <translation>权限为 {rights}。</translation>
        </message>
        <message>
            <source>Valid roles: {roles}.</source>
            <translation>角色为 {roles}。</translation>
        </message>
        <message>
            <source>Valid: {names}.</source>
            <translation>有效值：{names}。</translation>
        </message>
        <message>
            <source>Variant lymphocyte</source>
            <translation>异型淋巴细胞</translation>
        </message>
        <message>
            <source>Variant lymphocytes</source>
            <translation>异型淋巴细胞</translation>
        </message>
        <message>
            <source>Variation in size; the RDW of the blood count is the better measure.</source>
            <translation>大小不一；血细胞分析仪的 RDW 更可靠。</translation>
        </message>
        <message>
            <source>Verification…</source>
            <translation>比对验证…</translation>
        </message>
        <message>
            <source>Verifying the backup</source>
            <translation>正在校验备份</translation>
        </message>
        <message>
            <source>Verifying the review log</source>
            <translation>正在校验审核日志</translation>
        </message>
        <message>
            <source>Verifying the seals</source>
            <translation>正在校验封印</translation>
        </message>
        <message>
            <source>Verifying the signed slides</source>
            <translation>正在校验已签名的玻片</translation>
        </message>
        <message>
            <source>View</source>
            <translation>视图</translation>
        </message>
        <message>
            <source>Viewed the class-activation map of {cells}.</source>
            <translation>查看了{cells}的类激活图。</translation>
        </message>
        <message>
            <source>Viewed the class-activation map of {cells}: {stage} – {choice}.</source>
            <translation>查看了{cells}的类激活图：{stage} – {choice}。</translation>
        </message>
        <message>
            <source>Wait {seconds} seconds.</source>
            <translation>请等待 {seconds} 秒。</translation>
        </message>
        <message>
            <source>Watch a folder…</source>
            <translation>监视文件夹…</translation>
        </message>
        <message>
            <source>Welcome to LeukView</source>
            <translation>欢迎使用 LeukView</translation>
        </message>
        <message>
            <source>White cell count and scale must be positive numbers.</source>
            <translation>白细胞计数和比例尺必须为正数。</translation>
        </message>
        <message>
            <source>White cell count and scale.</source>
            <translation>白细胞计数与比例尺。</translation>
        </message>
        <message>
            <source>White cell count not known</source>
            <translation>白细胞计数未知</translation>
        </message>
        <message>
            <source>White cell count not known; Scale not known.</source>
            <translation>白细胞计数未知；比例尺未知。</translation>
        </message>
        <message>
            <source>White cell count {value} × 10⁹/l</source>
            <translation>白细胞计数 {value} ×10⁹/L</translation>
        </message>
        <message>
            <source>White cell count {value} × 10⁹/l, taken over from the analyser's blood count of {time}</source>
            <translation>白细胞计数{value} × 10⁹/l，取自分析仪{time}的血常规</translation>
        </message>
        <message>
            <source>Whole images in the gallery</source>
            <translation>图库显示整幅图像</translation>
        </message>
        <message>
            <source>Whom reviewers called about alerts, and when; with export.</source>
            <translation>审核者就警示电话通知了谁，以及何时通知；可导出。</translation>
        </message>
        <message>
            <source>Windows, Cyrillic</source>
            <translation>Windows（西里尔文）</translation>
        </message>
        <message>
            <source>Windows, Western European</source>
            <translation>Windows（西欧）</translation>
        </message>
        <message>
            <source>Withdraw a slide imported by mistake, with a reason; choose again to restore it.</source>
            <translation>撤回误导入的玻片并说明理由；再次执行可恢复。</translation>
        </message>
        <message>
            <source>Withdrawn</source>
            <translation>已撤回</translation>
        </message>
        <message>
            <source>Withdraw…</source>
            <translation>撤回…</translation>
        </message>
        <message>
            <source>Withdrew the slide, imported by mistake: {reason}.</source>
            <translation>因误导入撤回玻片：{reason}。</translation>
        </message>
        <message>
            <source>Worklist</source>
            <translation>工作列表</translation>
        </message>
        <message>
            <source>Write {{ for a brace.</source>
            <translation>花括号请写作 {{。</translation>
        </message>
        <message>
            <source>Wrong PIN</source>
            <translation>PIN 码错误</translation>
        </message>
        <message>
            <source>Zoom in</source>
            <translation>放大</translation>
        </message>
        <message>
            <source>Zoom out</source>
            <translation>缩小</translation>
        </message>
        <message>
            <source>a NUL character</source>
            <translation>空字符（NUL）</translation>
        </message>
        <message>
            <source>abnormal promyelocyte</source>
            <translation>异常早幼粒细胞</translation>
        </message>
        <message>
            <source>adequate</source>
            <translation>数量正常</translation>
        </message>
        <message>
            <source>all</source>
            <translation>ALL</translation>
        </message>
        <message>
            <source>aml</source>
            <translation>AML</translation>
        </message>
        <message>
            <source>apl</source>
            <translation>APL</translation>
        </message>
        <message>
            <source>artefact</source>
            <translation>人工假象</translation>
        </message>
        <message>
            <source>band</source>
            <translation>杆状核</translation>
        </message>
        <message>
            <source>basophil</source>
            <translation>嗜碱性粒细胞</translation>
        </message>
        <message>
            <source>being classified with it…</source>
            <translation>正在按它分类…</translation>
        </message>
        <message>
            <source>benign</source>
            <translation>良性</translation>
        </message>
        <message>
            <source>birth date</source>
            <translation>出生日期</translation>
        </message>
        <message>
            <source>blast</source>
            <translation>原始细胞</translation>
        </message>
        <message>
            <source>brush</source>
            <translation>画笔</translation>
        </message>
        <message>
            <source>cell {number}</source>
            <translation>{number} 号细胞</translation>
        </message>
        <message>
            <source>cell-level AUC {auc} ({low}–{high} over patients)</source>
            <translation>细胞水平 AUC {auc}（按患者 {low}～{high}）</translation>
        </message>
        <message>
            <source>cells not reviewed</source>
            <translation>未审核的细胞</translation>
        </message>
        <message>
            <source>cells of a class that a model cannot learn</source>
            <translation>模型无法学习其类别的细胞</translation>
        </message>
        <message>
            <source>cells on which two readers disagree</source>
            <translation>两位阅片者有分歧的细胞</translation>
        </message>
        <message>
            <source>cells whose image is missing or was changed</source>
            <translation>图像缺失或被改动的细胞</translation>
        </message>
        <message>
            <source>cells {numbers} and {last}</source>
            <translation>{numbers}、{last} 号细胞</translation>
        </message>
        <message>
            <source>cells {numbers} are missing</source>
            <translation>缺少 {numbers} 号细胞</translation>
        </message>
        <message>
            <source>cells {numbers} were added later and are not covered by the signature</source>
            <translation>{numbers} 号细胞为后来加入，不在签名范围内</translation>
        </message>
        <message>
            <source>class folders</source>
            <translation>按类别分文件夹</translation>
        </message>
        <message>
            <source>classes.toml cannot be read: {reason}.</source>
            <translation>无法读取 classes.toml：{reason}。</translation>
        </message>
        <message>
            <source>clicks</source>
            <translation>点击</translation>
        </message>
        <message>
            <source>cll</source>
            <translation>CLL</translation>
        </message>
        <message>
            <source>cml</source>
            <translation>CML</translation>
        </message>
        <message>
            <source>cmml</source>
            <translation>CMML</translation>
        </message>
        <message>
            <source>coded files</source>
            <translation>带代码的文件</translation>
        </message>
        <message>
            <source>counted and retired are true or false, colour is of the form #1a2b3c.</source>
            <translation>counted 和 retired 为 true 或 false，colour 的格式为 #1a2b3c。</translation>
        </message>
        <message>
            <source>cut</source>
            <translation>被截断</translation>
        </message>
        <message>
            <source>decreased</source>
            <translation>减少</translation>
        </message>
        <message>
            <source>eosinophil</source>
            <translation>嗜酸性粒细胞</translation>
        </message>
        <message>
            <source>erythroblast</source>
            <translation>有核红细胞</translation>
        </message>
        <message>
            <source>family name</source>
            <translation>姓</translation>
        </message>
        <message>
            <source>giant platelet</source>
            <translation>巨大血小板</translation>
        </message>
        <message>
            <source>given name</source>
            <translation>名</translation>
        </message>
        <message>
            <source>hcl</source>
            <translation>HCL</translation>
        </message>
        <message>
            <source>identity.key is not the key of this identity vault: known patients would get other pseudonyms.</source>
            <translation>identity.key 不是此身份库的密钥：已知患者会得到其他编号。</translation>
        </message>
        <message>
            <source>if {choice}</source>
            <translation>若为{choice}</translation>
        </message>
        <message>
            <source>immature</source>
            <translation>未成熟</translation>
        </message>
        <message>
            <source>immature granulocyte</source>
            <translation>未成熟粒细胞</translation>
        </message>
        <message>
            <source>increased</source>
            <translation>增多</translation>
        </message>
        <message>
            <source>it is a link</source>
            <translation>它是链接</translation>
        </message>
        <message>
            <source>it is empty</source>
            <translation>内容为空</translation>
        </message>
        <message>
            <source>it is larger than 256 MB</source>
            <translation>大于 256 MB</translation>
        </message>
        <message>
            <source>it is not a readable image.</source>
            <translation>该文件不是可读取的图像。</translation>
        </message>
        <message>
            <source>it is protected by a password</source>
            <translation>有密码保护</translation>
        </message>
        <message>
            <source>it no longer exists</source>
            <translation>文件已不存在</translation>
        </message>
        <message>
            <source>it unpacks to far more than its own size</source>
            <translation>解压后远大于其本身</translation>
        </message>
        <message>
            <source>its name ends in none of .hl7, .astm, .csv and .png</source>
            <translation>文件名不以.hl7、.astm、.csv或.png结尾</translation>
        </message>
        <message>
            <source>its name is too long</source>
            <translation>名称过长</translation>
        </message>
        <message>
            <source>its path points outside the archive</source>
            <translation>其路径指向压缩包之外</translation>
        </message>
        <message>
            <source>leukocyte</source>
            <translation>白细胞</translation>
        </message>
        <message>
            <source>leukview models compare A B --data DIR</source>
            <translation>leukview models compare A B --data DIR</translation>
        </message>
        <message>
            <source>leukview models install {path}</source>
            <translation>leukview models install {path}</translation>
        </message>
        <message>
            <source>lymphocyte</source>
            <translation>淋巴细胞</translation>
        </message>
        <message>
            <source>lymphoid</source>
            <translation>淋系</translation>
        </message>
        <message>
            <source>lymphoid neoplasm</source>
            <translation>淋巴肿瘤</translation>
        </message>
        <message>
            <source>malignant</source>
            <translation>恶性</translation>
        </message>
        <message>
            <source>markedly decreased</source>
            <translation>明显减少</translation>
        </message>
        <message>
            <source>markedly increased</source>
            <translation>明显增多</translation>
        </message>
        <message>
            <source>mature</source>
            <translation>成熟</translation>
        </message>
        <message>
            <source>mds</source>
            <translation>MDS</translation>
        </message>
        <message>
            <source>metamyelocyte</source>
            <translation>晚幼粒细胞</translation>
        </message>
        <message>
            <source>monocyte</source>
            <translation>单核细胞</translation>
        </message>
        <message>
            <source>more than one slide has this order number</source>
            <translation>多张玻片使用此申请单号</translation>
        </message>
        <message>
            <source>myelocyte</source>
            <translation>中幼粒细胞</translation>
        </message>
        <message>
            <source>myeloid</source>
            <translation>髓系</translation>
        </message>
        <message>
            <source>names after ICSH, Palmer et al., Int J Lab Hematol 2015;37:287–303; limits are provisional: use those of your laboratory</source>
            <translation>名称依据 ICSH（Palmer 等，Int J Lab Hematol 2015;37:287–303）；界值为暂定值，请按本实验室的规定设定</translation>
        </message>
        <message>
            <source>neutrophil</source>
            <translation>中性粒细胞</translation>
        </message>
        <message>
            <source>no cell</source>
            <translation>无细胞</translation>
        </message>
        <message>
            <source>no leukocyte was counted</source>
            <translation>未计数白细胞</translation>
        </message>
        <message>
            <source>no permission</source>
            <translation>没有权限</translation>
        </message>
        <message>
            <source>no such slide</source>
            <translation>无此玻片</translation>
        </message>
        <message>
            <source>none of its pixels has a value.</source>
            <translation>其所有像素均无值。</translation>
        </message>
        <message>
            <source>not assessed</source>
            <translation>未评估</translation>
        </message>
        <message>
            <source>not assessed by this model</source>
            <translation>本模型不评估</translation>
        </message>
        <message>
            <source>not assessed by this model; assumed: {choice}</source>
            <translation>本模型不评估；按“{choice}”处理</translation>
        </message>
        <message>
            <source>not checked</source>
            <translation>未核对</translation>
        </message>
        <message>
            <source>not installed</source>
            <translation>未安装</translation>
        </message>
        <message>
            <source>not seen</source>
            <translation>未见</translation>
        </message>
        <message>
            <source>not signed</source>
            <translation>未签名</translation>
        </message>
        <message>
            <source>of which {name}</source>
            <translation>其中{name}</translation>
        </message>
        <message>
            <source>only production messages (P) are taken</source>
            <translation>只接收正式消息（P）</translation>
        </message>
        <message>
            <source>other</source>
            <translation>其他</translation>
        </message>
        <message>
            <source>other aml</source>
            <translation>其他 AML</translation>
        </message>
        <message>
            <source>patient number</source>
            <translation>患者编号</translation>
        </message>
        <message>
            <source>pcl</source>
            <translation>PCL</translation>
        </message>
        <message>
            <source>ph negative</source>
            <translation>Ph 阴性</translation>
        </message>
        <message>
            <source>ph positive</source>
            <translation>Ph 阳性</translation>
        </message>
        <message>
            <source>plasma cell</source>
            <translation>浆细胞</translation>
        </message>
        <message>
            <source>platelet</source>
            <translation>血小板</translation>
        </message>
        <message>
            <source>platelet clump</source>
            <translation>血小板聚集</translation>
        </message>
        <message>
            <source>present</source>
            <translation>可见</translation>
        </message>
        <message>
            <source>prolymphocyte</source>
            <translation>幼淋巴细胞</translation>
        </message>
        <message>
            <source>promonocyte</source>
            <translation>幼单核细胞</translation>
        </message>
        <message>
            <source>promyelocyte</source>
            <translation>早幼粒细胞</translation>
        </message>
        <message>
            <source>segmented</source>
            <translation>分叶核</translation>
        </message>
        <message>
            <source>sensitivity {percent} % ({hits} of {cells} cells, 95 % interval {low}–{high})</source>
            <translation>灵敏度 {percent}%（{cells} 个细胞中 {hits} 个，95% 置信区间 {low}%～{high}%）</translation>
        </message>
        <message>
            <source>sex</source>
            <translation>性别</translation>
        </message>
        <message>
            <source>signed slides</source>
            <translation>已签名玻片</translation>
        </message>
        <message>
            <source>signed tree</source>
            <translation>已签名目录</translation>
        </message>
        <message>
            <source>slides that are not signed</source>
            <translation>未签名的玻片</translation>
        </message>
        <message>
            <source>slides that you still read as second reader</source>
            <translation>您仍在进行第二次阅片的玻片</translation>
        </message>
        <message>
            <source>smudge cell</source>
            <translation>涂抹细胞</translation>
        </message>
        <message>
            <source>specificity {percent} % ({hits} of {cells} cells, 95 % interval {low}–{high})</source>
            <translation>特异度 {percent}%（{cells} 个细胞中 {hits} 个，95% 置信区间 {low}%～{high}%）</translation>
        </message>
        <message>
            <source>synthetic</source>
            <translation>合成</translation>
        </message>
        <message>
            <source>the analyser's classes of cells {numbers}</source>
            <translation>{numbers} 号细胞的阅片机类别</translation>
        </message>
        <message>
            <source>the disk refused access</source>
            <translation>磁盘拒绝访问</translation>
        </message>
        <message>
            <source>the file is empty; it may have to be downloaded from the cloud first.</source>
            <translation>文件为空；可能需要先从云文件夹下载。</translation>
        </message>
        <message>
            <source>the image has {width} megapixels, too many for one cell.</source>
            <translation>图像有 {width} 百万像素，对单个细胞而言过大。</translation>
        </message>
        <message>
            <source>the image hashes or sizes of cells {numbers}</source>
            <translation>{numbers} 号细胞的图像哈希值或尺寸</translation>
        </message>
        <message>
            <source>the image is damaged or incomplete.</source>
            <translation>图像已损坏或不完整。</translation>
        </message>
        <message>
            <source>the image is far too large for one cell.</source>
            <translation>图像对单个细胞而言过大。</translation>
        </message>
        <message>
            <source>the numbers of cells {numbers}</source>
            <translation>{numbers} 号细胞的编号</translation>
        </message>
        <message>
            <source>the predictions of cells {numbers}</source>
            <translation>{numbers} 号细胞的预测</translation>
        </message>
        <message>
            <source>the record of the signed content</source>
            <translation>签名内容的记录</translation>
        </message>
        <message>
            <source>the reviewers' classes of cells {numbers}</source>
            <translation>{numbers} 号细胞的审核者类别</translation>
        </message>
        <message>
            <source>the slide</source>
            <translation>玻片</translation>
        </message>
        <message>
            <source>the slide can no longer be read</source>
            <translation>玻片已无法读取</translation>
        </message>
        <message>
            <source>uncertain</source>
            <translation>不确定</translation>
        </message>
        <message>
            <source>undone</source>
            <translation>已撤销</translation>
        </message>
        <message>
            <source>unlabelled files</source>
            <translation>无标注的文件</translation>
        </message>
        <message>
            <source>unlike training</source>
            <translation>与训练集不相似</translation>
        </message>
        <message>
            <source>unsigned slides</source>
            <translation>未签名玻片</translation>
        </message>
        <message>
            <source>variant lymphocyte</source>
            <translation>异型淋巴细胞</translation>
        </message>
        <message>
            <source>with comments, without names</source>
            <translation>含备注，不含姓名</translation>
        </message>
        <message>
            <source>with names and comments</source>
            <translation>含姓名和备注</translation>
        </message>
        <message>
            <source>with names, without comments</source>
            <translation>含姓名，不含备注</translation>
        </message>
        <message>
            <source>with the segmenter's outline the model predicted {said}</source>
            <translation>按分割器的轮廓，模型预测为 {said}</translation>
        </message>
        <message>
            <source>without names and comments</source>
            <translation>不含姓名和备注</translation>
        </message>
        <message>
            <source>{0} more added later</source>
            <translation>之后又增加 {0} 个</translation>
        </message>
        <message>
            <source>{cells} as {label}</source>
            <translation>{cells}为{label}</translation>
        </message>
        <message>
            <source>{cells} cells of {count} classes: {sources}</source>
            <translation>{count} 个类别的 {cells} 个细胞：{sources}</translation>
        </message>
        <message>
            <source>{cells}: {label}</source>
            <translation>{cells}：{label}</translation>
        </message>
        <message>
            <source>{count} cells</source>
            <translation>{count} 个细胞</translation>
        </message>
        <message>
            <source>{count} cells ({numbers} …)</source>
            <translation>{count} 个细胞（{numbers} …）</translation>
        </message>
        <message>
            <source>{count} cells are in two class folders, for example {examples}.</source>
            <translation>有 {count} 个细胞位于两个类别文件夹中，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} cells are not analysed yet.</source>
            <translation>{count} 个细胞尚未分析。</translation>
        </message>
        <message>
            <source>{count} cells are unidentified by the model and not reviewed.</source>
            <translation>{count} 个细胞模型未识别且未经审核。</translation>
        </message>
        <message>
            <source>{count} cells have another class on the analyser than at the import of slide {slide}: {examples}.</source>
            <translation>有 {count} 个细胞在阅片机上的类别与玻片 {slide} 导入时不同：{examples}。</translation>
        </message>
        <message>
            <source>{count} cells have no label of the second reader yet.</source>
            <translation>{count} 个细胞尚无第二阅片者的标注。</translation>
        </message>
        <message>
            <source>{count} cells with a repaired outline are not yet classified again.</source>
            <translation>{count} 个修正过轮廓的细胞尚未重新分类。</translation>
        </message>
        <message>
            <source>{count} disagreements with the second reader are not resolved.</source>
            <translation>与第二阅片者的 {count} 处分歧尚未解决。</translation>
        </message>
        <message>
            <source>{count} entries of the archive are unsafe, for example {examples}.</source>
            <translation>压缩包中有 {count} 个条目不安全，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} files are missing, for example {examples}.</source>
            <translation>有 {count} 个文件缺失，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} files are not images and were skipped, for example {examples}.</source>
            <translation>有 {count} 个文件不是图像，已略过，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} files are too large, for example {examples}.</source>
            <translation>有 {count} 个文件过大，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} files cannot be read, for example {examples}.</source>
            <translation>有 {count} 个文件无法读取，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} files may not be read (no permission), for example {examples}.</source>
            <translation>有 {count} 个文件无读取权限，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} folders contain no images, for example {examples}.</source>
            <translation>有 {count} 个文件夹不含图像，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} leaks between the data splits, first the {kind} {name}.</source>
            <translation>划分之间有 {count} 处泄漏，首先是 {kind} {name}。</translation>
        </message>
        <message>
            <source>{count} of its cells are also in “{name}”: the same images under two names.</source>
            <translation>其中 {count} 个细胞也在“{name}”中：同一图像有两个名称。</translation>
        </message>
        <message>
            <source>{count} of its {total} cells are those of slide {slide}, imported under another name; {reviewed} of them were reviewed there.</source>
            <translation>其 {total} 个细胞中有 {count} 个属于以其他名称导入的玻片 {slide}；其中 {reviewed} 个已在该玻片中审核。</translation>
        </message>
        <message>
            <source>{details}.</source>
            <translation>{details}。</translation>
        </message>
        <message>
            <source>{file} has neither a patient nor a data split.</source>
            <translation>{file} 既没有患者也没有划分。</translation>
        </message>
        <message>
            <source>{file} has the unknown data split “{split}”.</source>
            <translation>{file} 含有未知的划分“{split}”。</translation>
        </message>
        <message>
            <source>{item}: {grade}</source>
            <translation>{item}：{grade}</translation>
        </message>
        <message>
            <source>{label} {count}</source>
            <translation>{label} {count}</translation>
        </message>
        <message>
            <source>{label}; most probable: {best} {percent} %.</source>
            <translation>{label}；最可能为{best}，{percent}%。</translation>
        </message>
        <message>
            <source>{names} and {count} more</source>
            <translation>{names}，另有 {count} 个</translation>
        </message>
        <message>
            <source>{names} is already the second reader of this slide.</source>
            <translation>{names} 已是该玻片的第二阅片者。</translation>
        </message>
        <message>
            <source>{name} ({before} → {after})</source>
            <translation>{name}（{before} → {after}）</translation>
        </message>
        <message>
            <source>{name} ({code})</source>
            <translation>{name}（{code}）</translation>
        </message>
        <message>
            <source>{name} is not a reviewer and may not {act}.</source>
            <translation>{name} 不是审核者，不可{act}。</translation>
        </message>
        <message>
            <source>{name} is not a reviewer of this workstation.</source>
            <translation>{name} 不是本工作站的审核者。</translation>
        </message>
        <message>
            <source>{name} is retired and cannot sign in.</source>
            <translation>{name} 已停用，不能登录。</translation>
        </message>
        <message>
            <source>{name} may not {act}.</source>
            <translation>{name} 不可{act}。</translation>
        </message>
        <message>
            <source>{name} {percent}</source>
            <translation>{name} {percent}</translation>
        </message>
        <message>
            <source>{name} · {who}, {at}</source>
            <translation>{name} · {who}，{at}</translation>
        </message>
        <message>
            <source>{name}, in patients not used for training: {figures}.</source>
            <translation>{name}（未参与训练的患者）：{figures}。</translation>
        </message>
        <message>
            <source>{now} (was {before})</source>
            <translation>{now}（原为 {before}）</translation>
        </message>
        <message>
            <source>{path} does not contain the mask {row}.</source>
            <translation>{path} 不含掩膜 {row}。</translation>
        </message>
        <message>
            <source>{path} does not contain {row}.</source>
            <translation>{path} 不含 {row}。</translation>
        </message>
        <message>
            <source>{path} has no manifest.csv.</source>
            <translation>{path} 没有 manifest.csv。</translation>
        </message>
        <message>
            <source>{port} is not a port: it must lie between 1 and 65535.</source>
            <translation>{port}不是端口：须在1至65535之间。</translation>
        </message>
        <message>
            <source>{printed} is a reviewer of this site, and nobody is signed in.</source>
            <translation>{printed} 是本单位的审核者，但当前无人登录。</translation>
        </message>
        <message>
            <source>{printed} is not the same reviewer as {name}.</source>
            <translation>{printed} 与 {name} 不是同一审核者。</translation>
        </message>
        <message>
            <source>{ratio:.2f} (nuclear area to whole cell area)</source>
            <translation>{ratio:.2f}（核面积与全细胞面积之比）</translation>
        </message>
        <message>
            <source>{reviewer} is the first reader of this slide.</source>
            <translation>{reviewer} 是该玻片的第一阅片者。</translation>
        </message>
        <message>
            <source>{stage}: AUC {auc} over {patients} patients, too few for a firm figure.</source>
            <translation>{stage}：{patients} 名患者的 AUC 为 {auc}，例数太少，不足以定论。</translation>
        </message>
        <message>
            <source>{value} of leukocytes and unidentified cells cannot be counted ({count} unidentified cells). The differential is not valid: label the cells or examine the slide under the microscope.</source>
            <translation>白细胞与未识别细胞中有 {value} 无法计数（未识别细胞 {count} 个）。分类计数无效：请标注这些细胞，或在显微镜下检查玻片。</translation>
        </message>
        <message>
            <source>{value} of the cells look unlike the model's training set (stain, focus or cell type). The model is less reliable on this slide.</source>
            <translation>{value} 的细胞与模型的训练集不相似（染色、对焦或细胞类型）。本玻片的模型结果可信度降低。</translation>
        </message>
        <message>
            <source>{words}; also exported as {others}</source>
            <translation>{words}；同时归入 {others}</translation>
        </message>
        <message>
            <source>“blast_thresholds” of the counting rules must ascend between 0 and 1.</source>
            <translation>计数规则中的“blast_thresholds”必须在 0 与 1 之间递增。</translation>
        </message>
        <message>
            <source>“leukview audit verify” gives details; restore a copy from the backups folder.</source>
            <translation>“leukview audit verify”可提供详情；请从备份文件夹恢复副本。</translation>
        </message>
        <message>
            <source>“validated_wbc” of the counting rules must be two ascending numbers.</source>
            <translation>计数规则中的“validated_wbc”必须是两个递增的数。</translation>
        </message>
        <message>
            <source>“{answer}” is not a class.</source>
            <translation>“{answer}”不是类别。</translation>
        </message>
        <message>
            <source>“{directory}” already contains the synthetic slide “{name}”.</source>
            <translation>“{directory}”中已有合成玻片“{name}”。</translation>
        </message>
        <message>
            <source>“{key}” of the sign rule must be a whole number from 0.</source>
            <translation>签名规则的“{key}”必须为不小于 0 的整数。</translation>
        </message>
        <message>
            <source>“{key}” of the sign rule must be one of: {choices}.</source>
            <translation>签名规则的“{key}”必须是以下之一：{choices}。</translation>
        </message>
        <message>
            <source>“{key}” of the sign rule must be true or false.</source>
            <translation>签名规则的“{key}”必须为 true 或 false。</translation>
        </message>
        <message>
            <source>“{name}”</source>
            <translation>“{name}”</translation>
        </message>
        <message>
            <source>“{name}” (“{before}”, now “{now}”)</source>
            <translation>“{name}”（原为“{before}”，现为“{now}”）</translation>
        </message>
        <message>
            <source>“{name}” and the patient “{other}” differ in capital letters or accents only; they are kept as two patients.</source>
            <translation>“{name}”与患者“{other}”仅大小写或重音符号不同；仍作为两名患者。</translation>
        </message>
        <message>
            <source>“{name}” cannot be installed: {reason}.</source>
            <translation>“{name}”无法安装：{reason}。</translation>
        </message>
        <message>
            <source>“{name}” cannot be read from the archive.</source>
            <translation>无法从压缩包中读取“{name}”。</translation>
        </message>
        <message>
            <source>“{name}” cannot be read: it is not a plain file.</source>
            <translation>“{name}”无法读取：它不是普通文件。</translation>
        </message>
        <message>
            <source>“{name}” cannot be read: {error}.</source>
            <translation>“{name}”无法读取：{error}。</translation>
        </message>
        <message>
            <source>“{name}” contains no images.</source>
            <translation>“{name}”中没有图像。</translation>
        </message>
        <message>
            <source>“{name}” does not exist.</source>
            <translation>“{name}”不存在。</translation>
        </message>
        <message>
            <source>“{name}” has the code {code} but is in the folder “{folder}”; the folder is used.</source>
            <translation>“{name}”的代码为 {code}，却位于“{folder}”下；以文件夹为准。</translation>
        </message>
        <message>
            <source>“{name}” is damaged: its hash differs from the one in its name.</source>
            <translation>“{name}”已损坏：其哈希值与文件名中的不符。</translation>
        </message>
        <message>
            <source>“{name}” is in “{folder}” and in “{others}”.</source>
            <translation>“{name}”同时位于“{folder}”和“{others}”下。</translation>
        </message>
        <message>
            <source>“{name}” is neither a folder nor a ZIP archive.</source>
            <translation>“{name}”既不是文件夹也不是 ZIP 压缩包。</translation>
        </message>
        <message>
            <source>“{name}” is no longer in the archive.</source>
            <translation>“{name}”已不在压缩包中。</translation>
        </message>
        <message>
            <source>“{name}” is not a class known to LeukView ({count} images): it may be a class or a patient.</source>
            <translation>LeukView 没有名为“{name}”的类别（{count} 幅图像）：它可能是类别，也可能是患者。</translation>
        </message>
        <message>
            <source>“{name}” is not a weights file known to LeukView.</source>
            <translation>“{name}”不是 LeukView 可识别的权重文件。</translation>
        </message>
        <message>
            <source>“{name}” is not complete: “{missing}” is missing ({count} in all).</source>
            <translation>“{name}”不完整：缺少“{missing}”（共缺 {count} 个）。</translation>
        </message>
        <message>
            <source>“{name}” is read as a separate patient. If it is an order of “{parent}”, rename that folder, for example to “Patient {parent}”, and open it again.</source>
            <translation>“{name}”被视为单独的患者。如果它是“{parent}”的检验单，请将该文件夹改名为“Patient {parent}”之类的名称后重新打开。</translation>
        </message>
        <message>
            <source>“{name}” may be a class or a patient ({count} images): its name is that of a class.</source>
            <translation>“{name}”可能是类别，也可能是患者（{count} 幅图像）：其名称与某一类别相同。</translation>
        </message>
        <message>
            <source>“{name}” was damaged while it was copied.</source>
            <translation>“{name}”在复制过程中损坏。</translation>
        </message>
        <message>
            <source>“{name}” was not read: it is larger than 256 MB.</source>
            <translation>“{name}”未读取：大于 256 MB。</translation>
        </message>
        <message>
            <source>“{name}”: {reason}</source>
            <translation>“{name}”：{reason}</translation>
        </message>
        <message>
            <source>“{path}” cannot be read as a table.</source>
            <translation>“{path}”无法作为表格读取。</translation>
        </message>
        <message>
            <source>“{path}” cannot be read: {reason}.</source>
            <translation>“{path}”无法读取：{reason}。</translation>
        </message>
        <message>
            <source>“{path}” contains no cell images.{problem}</source>
            <translation>“{path}”中没有细胞图像。{problem}</translation>
        </message>
        <message>
            <source>“{path}” has the unknown key “{key}”.</source>
            <translation>“{path}”含有未知的键“{key}”。</translation>
        </message>
        <message>
            <source>“{path}” is an image in a format that cannot be read; save it as PNG or TIFF.</source>
            <translation>“{path}”是此处不能读取的图片格式；请另存为 PNG 或 TIFF。</translation>
        </message>
        <message>
            <source>“{path}” is not an image and was skipped.</source>
            <translation>“{path}”不是图像，已跳过。</translation>
        </message>
        <message>
            <source>“{path}”: in the text of “{key}” a brace is not closed or not opened.</source>
            <translation>“{path}”：“{key}”的文本中花括号不成对。</translation>
        </message>
        <message>
            <source>“{path}”: the value of “data.{text}” is not a text.</source>
            <translation>“{path}”：“data.{text}”的值不是文本。</translation>
        </message>
        <message>
            <source>“{path}”: the value of “logo” cannot be used.</source>
            <translation>“{path}”：“logo”的值不可用。</translation>
        </message>
        <message>
            <source>“{path}”: the value of “{key}” cannot be used.</source>
            <translation>“{path}”：“{key}”的值不可用。</translation>
        </message>
        <message>
            <source>“{path}”: the value of “{key}” has other forms than “one” and “other”.</source>
            <translation>“{path}”：“{key}”的值含有“one”和“other”以外的形式。</translation>
        </message>
        <message>
            <source>“{path}”: the value of “{key}” has the wrong type.</source>
            <translation>“{path}”：“{key}”的值类型不对。</translation>
        </message>
        <message>
            <source>“{path}”: the value of “{key}” is not a text.</source>
            <translation>“{path}”：“{key}”的值不是文本。</translation>
        </message>
        <message>
            <source>“{path}”: “version” is not {version}.</source>
            <translation>“{path}”：“version”不是 {version}。</translation>
        </message>
        <message>
            <source>“{site}” cannot be the name of an archive.</source>
            <translation>“{site}”不能用作压缩包名称。</translation>
        </message>
    </context>
</TS>
