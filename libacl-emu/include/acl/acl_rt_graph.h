/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_graph.h
 * @brief Graphs: task groups, graphs without a capture, and lists of tasks.
 */
#ifndef ACL_EMU_ACL_RT_GRAPH_H
#define ACL_EMU_ACL_RT_GRAPH_H

#include "acl_rt_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Begin a task group in a captured stream.
 *
 * A task group holds kernels (acl_emu_launch()) that can be replaced later. Other calls that add a
 * task fail (507009) while it is open. A task of another stream of the capture without a group of
 * its own fails (107034) and makes the capture invalid.
 *
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 * @retval ACL_ERROR_RT_STREAM_NOT_CAPTURED (107029): the stream is not captured
 * @retval stream_argument each error of a call with a stream
 * @retval ACL_ERROR_STREAM_TASK_GROUP_STATUS (107033): the stream has an open task group
 * @see aclmdlRICaptureTaskGrpEnd(), aclmdlRICaptureTaskUpdateBegin()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRICaptureTaskGrpBegin(aclrtStream stream);

/**
 * @brief End a task group.
 *
 * @param[in] stream the stream
 * @param[out] handle the task group, valid until its graph is destroyed; NULL on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream or handle is NULL
 * @retval ACL_ERROR_RT_STREAM_NOT_CAPTURED (107029): the stream is not captured
 * @retval stream_argument each error of a call with a stream
 * @retval ACL_ERROR_STREAM_TASK_GROUP_STATUS (107033): the stream has no open task group
 * @retval ACL_ERROR_RT_TASK_TYPE_NOT_SUPPORT (507009): a task that is no kernel was added
 * @retval ACL_ERROR_STREAM_TASK_GROUP_INTR (107034): another stream interrupted the group
 * @retval ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED (507903): the capture is invalid
 * @see aclmdlRICaptureTaskGrpBegin()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRICaptureTaskGrpEnd(aclrtStream stream, aclrtTaskGrp *handle);

/**
 * @brief Begin to replace the kernels of a task group.
 *
 * The kernels that are added to the stream until aclmdlRICaptureTaskUpdateEnd() do not run.
 *
 * @param[in] stream the stream; not a captured one
 * @param[in] handle the task group
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream or handle is NULL
 * @retval ACL_ERROR_RT_STREAM_CAPTURED (107027): the stream is captured
 * @retval ACL_ERROR_RT_STREAM_MODEL (107005): the stream is bound to a graph
 * @retval stream_argument each error of a call with a stream
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the task group does not exist
 * @retval ACL_ERROR_RT_MODEL_CAPTURED (107026): the graph of the task group is being captured
 * @retval ACL_ERROR_STREAM_TASK_GROUP_STATUS (107033): the stream updates a task group, or another
 *         stream updates this one
 * @see aclmdlRICaptureTaskUpdateEnd()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRICaptureTaskUpdateBegin(aclrtStream stream,
							    aclrtTaskGrp handle);

/**
 * @brief End the replacement of the kernels of a task group.
 *
 * The new kernels take effect in the order of the stream, between two replays of the graph.
 *
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 * @retval ACL_ERROR_RT_STREAM_CAPTURED (107027): the stream is captured
 * @retval ACL_ERROR_RT_STREAM_MODEL (107005): the stream is bound to a graph
 * @retval stream_argument each error of a call with a stream
 * @retval ACL_ERROR_STREAM_TASK_GROUP_STATUS (107033): the stream updates no task group
 * @retval ACL_ERROR_RT_INTERNAL_ERROR (507000): the group has more kernels; nothing was replaced
 * @see aclmdlRICaptureTaskUpdateBegin()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRICaptureTaskUpdateEnd(aclrtStream stream);

/**
 * @brief Begin a graph that is built without a capture.
 *
 * @param[out] modelRI the graph
 * @param[in] flag 0
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): modelRI is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): flag is not 0
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): the thread has no current context
 * @retval ACL_ERROR_RT_NO_MODEL_RESOURCE (207010): 16384 graphs exist
 * @see aclmdlRIBindStream(), aclmdlRIBuildEnd(), aclmdlRIExecute()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIBuildBegin(aclmdlRI *modelRI, uint32_t flag);

/**
 * @brief Bind a stream to a graph: its tasks are recorded and do not run.
 *
 * @param[in] modelRI the graph
 * @param[in] stream a stream with ACL_STREAM_PERSISTENT
 * @param[in] flag ACL_MODEL_STREAM_FLAG_HEAD or ACL_MODEL_STREAM_FLAG_DEFAULT; both begin with the
 *            graph
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 * @retval stream_argument each error of a call with a stream
 * @retval graph_argument each error of a call with a graph
 * @retval ACL_ERROR_RT_STREAM_CAPTURED (107027): the stream is captured
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): flag is unknown, the stream is not persistent, or
 *         the graph was captured
 * @retval ACL_ERROR_RT_STREAM_MODEL (107005): the stream is bound to a graph
 * @retval ACL_ERROR_RT_INTERNAL_ERROR (507000): the graph is complete
 * @see aclmdlRIUnbindStream(), aclmdlRIEndTask()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIBindStream(aclmdlRI modelRI, aclrtStream stream,
						uint32_t flag);

/**
 * @brief Unbind a stream from a graph. The recorded tasks stay in the graph.
 *
 * @param[in] modelRI the graph
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): stream is NULL
 * @retval stream_argument each error of a call with a stream
 * @retval graph_argument each error of a call with a graph
 * @retval ACL_ERROR_RT_STREAM_CAPTURED (107027): the stream is captured
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the graph was captured
 * @retval ACL_ERROR_RT_STREAM_MODEL (107005): the stream is not bound to this graph
 * @see aclmdlRIBindStream()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIUnbindStream(aclmdlRI modelRI, aclrtStream stream);

/**
 * @brief End the tasks of a bound stream. Later tasks are refused (507000).
 *
 * @param[in] modelRI the graph
 * @param[in] stream the stream
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval aclmdlRIUnbindStream() each error of that function
 * @retval ACL_ERROR_RT_INTERNAL_ERROR (507000): the graph is complete
 * @see aclmdlRIBuildEnd()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIEndTask(aclmdlRI modelRI, aclrtStream stream);

/**
 * @brief Complete a graph of aclmdlRIBuildBegin().
 *
 * @param[in] modelRI the graph
 * @param[in] reserve NULL
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): reserve is not NULL
 * @retval graph_argument each error of a call with a graph
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the graph was captured
 * @retval ACL_ERROR_RT_INTERNAL_ERROR (507000): the graph is complete
 * @see aclmdlRIExecute(), aclmdlRIExecuteAsync()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIBuildEnd(aclmdlRI modelRI, void *reserve);

/**
 * @brief List the internal streams of a graph, one for each stream that was recorded.
 *
 * @param[in] modelRI the graph
 * @param[out] streams array for the streams; NULL asks for their number
 * @param[in,out] numStreams entries of the array; the call writes how many it has filled
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): modelRI or numStreams is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the graph does not exist
 * @see aclmdlRIGetTasksByStream()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIGetStreams(aclmdlRI modelRI, aclrtStream *streams,
						uint32_t *numStreams);

/**
 * @brief List the tasks of a stream of a graph.
 *
 * @param[in] stream a stream of aclmdlRIGetStreams()
 * @param[out] tasks array for the tasks, valid until the graph is destroyed; NULL asks for their
 *             number
 * @param[in,out] numTasks entries of the array; the call writes how many it has filled
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): stream or numTasks is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the stream does not exist
 * @retval ACL_ERROR_RT_STREAM_MODEL (107005): the stream belongs to no graph
 * @see aclmdlRITaskGetType(), aclmdlRITaskGetParams()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRIGetTasksByStream(aclrtStream stream, aclmdlRITask *tasks,
						      uint32_t *numTasks);

/**
 * @brief Get the kind of a task.
 *
 * @param[in] task a task of aclmdlRIGetTasksByStream()
 * @param[out] type its kind; copies, fills, notifies and functions are
 *             ACL_MODEL_RI_TASK_DEFAULT
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): task or type is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the task does not exist
 * @see aclmdlRITaskGetParams()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRITaskGetType(aclmdlRITask task, aclmdlRITaskType *type);

/**
 * @brief Get the place of a task in the order of the capture, from 0.
 *
 * @param[in] task a task of aclmdlRIGetTasksByStream()
 * @param[out] id its place
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): task or id is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the task does not exist
 * @see aclmdlRIGetTasksByStream()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRITaskGetSeqId(aclmdlRITask task, uint32_t *id);

/**
 * @brief Get the parameters of a task.
 *
 * @param[in] task a task of aclmdlRIGetTasksByStream()
 * @param[out] params its kind, its task group, and the member of the union for its kind
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): task or params is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the task does not exist
 * @see aclmdlRITaskGetType()
 */
ACL_FUNC_VISIBILITY aclError aclmdlRITaskGetParams(aclmdlRITask task, aclmdlRITaskParams *params);

#ifdef __cplusplus
}
#endif

#endif
